// node --test: the client with the executable of $PREFLIGHT, and with a hook that misbehaves.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { check, fix, InvalidRequest, Preflight, PreflightError, PreflightTimeout } from "./preflight.mjs";

const fakeHook = fileURLToPath(new URL("../fake-hook", import.meta.url));
const picture = fileURLToPath(new URL("../../Fixtures/pictures/rgb.jpg", import.meta.url));
// No test waits so long unless something hangs.
const patience = 300_000;

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "preflight-")));
process.on("exit", () => rmSync(scratch, { recursive: true }));
let logs = 0;
const newLog = () => join(scratch, `log ${++logs}`);
const starts = (log) => readFileSync(log, "utf8").split("\n").length - 1;

const fake = (how, { log = "", timeout = patience } = {}) =>
  new Preflight({ options: [how, log], executable: fakeHook, timeout });
const numbers = (count) => [...Array(count).keys()];
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks with the caption; it comes back in the message that is to be sent. */
async function echo(client, caption, rest = {}) {
  const result = await client.check(null, {
    endpoint: "image", to: "15551234567", mediaId: "1234567890", phoneNumberId: "106540352242922", caption, ...rest,
  });
  return result.request.body.image.caption;
}
const echoing = () => new Preflight({ options: ["--policy=whatsapp-cloud"], timeout: patience });

/** Runs a program that uses the client; its status and what it prints. */
function runProgram(text) {
  const source = `import { check, Preflight } from ${JSON.stringify(new URL("preflight.mjs", import.meta.url))};
    const picture = ${JSON.stringify(picture)}, fakeHook = ${JSON.stringify(fakeHook)};\n${text}`;
  // Into a file, so that nothing is lost with a process that ends.
  const name = newLog();
  const file = openSync(name, "w");
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", source], { stdio: ["ignore", file, file] });
    closeSync(file);
    child.on("close", (status, signal) => resolve([status ?? signal, readFileSync(name, "utf8")]));
  });
}

/** Asks until there is an answer in time: on a busy machine a process may take longer to start than the test's deadline. */
async function patiently(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PreflightTimeout)) throw error;
    }
  }
}

test("a stuck process is named, killed and replaced", async () => {
  const client = fake("well", { timeout: 1000, log: newLog() });
  const { pid } = await patiently(() => client.check(null, { caption: "a" }));
  await assert.rejects(client.check(null, { caption: "stuck" }), (error) =>
    error instanceof PreflightTimeout && error instanceof PreflightError && /within 1000 ms/.test(error.message));
  let isThere = true;
  for (let end = Date.now() + patience; isThere && Date.now() < end; await pause(10)) {
    try {
      process.kill(pid, 0);
    } catch {
      isThere = false;
    }
  }
  assert.equal(isThere, false);
  assert.equal((await patiently(() => client.check(null, { caption: "b" }))).caption, "b");
  await client.close();
});

test("a request beside a stuck one is answered by the next process", async () => {
  // The next process must have started within the deadline as well: on a busy machine that takes a longer one.
  for (const timeout of [1000, 10_000, 100_000]) {
    const client = fake("hangs", { timeout });
    const { pid } = await patiently(() => client.check(null, { caption: "first" }));
    const stuck = assert.rejects(client.check(null, { caption: "stuck" }), PreflightTimeout);
    await pause(timeout / 2);
    const [{ value, reason }] = await Promise.allSettled([client.check(null, { caption: "a" })]);
    await stuck;
    await client.close();
    if (reason instanceof PreflightTimeout) continue;
    assert.equal(value?.caption, "a", reason);
    assert.notEqual(value.pid, pid);
    return;
  }
  assert.fail("never answered in time");
});

test("no deadline runs while others are worked on", async () => {
  // It accepts connections, and never answers.
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}/a.jpg`;
  for (const more of [[], ["--jobs=3"], ["--jobs", "3"]]) {
    // So long that a file is checked in time, and so short that the URLs are still waited for.
    const client = new Preflight({ options: ["--allow-private-hosts", "--url-timeout=4", ...more], timeout: 3000 });
    const results = await Promise.all([url, url, url, url, url, url, picture, picture].map((path) => client.check(path)));
    assert.deepEqual(results.map(({ verdict }) => verdict), [...Array(6).fill("rejected"), "accepted", "accepted"]);
    await client.close();
  }
  server.close();
});

test("a busy program doesn't take an answer that is there for one that is late", async () => {
  const client = fake("well", { timeout: 1000 });
  await patiently(() => client.check(null, { caption: "first" }));
  const answer = client.check(null, { caption: "a" });
  await pause(0);
  for (const end = Date.now() + 1500; Date.now() < end; );
  assert.equal((await answer).caption, "a");
  await client.close();
});

test("an answer with another id is given to nobody", async () => {
  for (const how of ["wrong-id", "number-id", "no-id", "garbage"]) {
    const log = newLog();
    const client = fake(how, { log });
    await assert.rejects(client.check(null, { caption: "a" }), /answer to no request/);
    assert.equal(starts(log), 2);
    await client.close();
  }
});

test("a process that is killed between requests is replaced", async () => {
  const client = fake("well");
  for (const number of numbers(5)) {
    const { pid, caption } = await client.check(null, { caption: String(number) });
    assert.equal(caption, String(number));
    process.kill(pid, "SIGKILL");
  }
  await client.close();
});

test("a request whose process dies is asked once more", async () => {
  const log = newLog();
  const client = fake("well", { log });
  assert.equal((await client.check(null, { caption: "die once" })).caption, "die once");
  await assert.rejects(client.check(null, { caption: "die" }), /ended \(exit status 4\) in the middle of the request, twice/);
  assert.equal((await client.check(null, { caption: "a" })).caption, "a");
  assert.equal(starts(log), 4);
  await client.close();
});

test("a request that kills takes no others with it", async () => {
  const client = fake("well");
  const captions = numbers(64).map((number) => (number % 8 === 3 ? "die" : String(number)));
  const results = await Promise.allSettled(captions.map((caption) => client.check(null, { caption })));
  for (const [number, { value, reason }] of results.entries()) {
    if (captions[number] === "die") assert.ok(reason instanceof PreflightError);
    else assert.equal(value?.caption, captions[number], reason);
  }
  await client.close();
});

test("an executable that isn't there, and ones that end at once", async () => {
  const missing = new Preflight({ executable: "/nonexistent" });
  for (const _ of numbers(2)) await assert.rejects(missing.check(picture), /nonexistent can't be started: ENOENT/);
  await missing.close();
  await assert.rejects(new Preflight({ executable: scratch }).check(picture), /can't be started: EACCES/);
  await assert.rejects(new Preflight({ options: ["\0"] }).check(picture), /can't be started/);
  const log = newLog();
  const client = fake("ends", { log });
  for (const { reason } of await Promise.allSettled(numbers(100).map(() => client.check(null)))) {
    assert.match(reason.message, /exit status 3/);
  }
  assert.ok(starts(log) < 100);
});

test("a wrong option is told", async () => {
  // And to standard error, as by every start.
  const [status, output] = await runProgram(`
    await new Preflight({ options: ["--policy=watsapp"] }).check(picture).catch(({ message }) => console.log(message));`);
  assert.equal(status, 0);
  const lines = output.trimEnd().split("\n");
  assert.equal(lines.filter((line) => /^error: unknown policy 'watsapp'/.test(line)).length, 2);
  assert.match(lines[2], /status 2\) in the middle of the request, twice: unknown policy 'watsapp'.* did you mean 'whatsapp-cloud'\?$/);
});

test("the last words are bounded", async () => {
  const [status, output] = await runProgram(`
    const client = new Preflight({ options: ["noisy"], executable: fakeHook });
    await client.check(null, { caption: "die" }).catch(({ message }) => console.log(message.length));`);
  assert.equal(status, 0);
  const length = Number(output.trimEnd().split("\n").at(-1));
  assert.ok(length > 1000 && length < 2200, String(length));
});

test("close", async () => {
  const client = new Preflight();
  const answer = client.check(picture, { endpoint: "image" });
  await client.close();
  await client.close();
  assert.equal((await answer).verdict, "accepted");
  await assert.rejects(client.check(picture), /closed/);
  const disposed = new Preflight();
  await disposed[Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]();
  await assert.rejects(disposed.check(picture), /closed/);
});

test("thousands at once, each with its own answer", async () => {
  const client = echoing();
  const captions = numbers(3000).map((number) => `\u00e9\n\u2028\u{1f600}${number}`);
  assert.deepEqual(await Promise.all(captions.map((caption) => echo(client, caption))), captions);
  await client.close();
});

test("requests and answers that fit into no pipe", async () => {
  const client = new Preflight({ timeout: patience });
  const paths = numbers(60).map((number) => `/${number}/` + "n".repeat(100_000));
  const results = await Promise.all(paths.map((path) => client.check(path, { endpoint: "image", caption: "\u00e9".repeat(100_000) })));
  assert.deepEqual(results.map(({ path }) => path), paths);
  await client.close();
});

test("a hook that fills standard error", async () => {
  const [status, output] = await runProgram(`
    const client = new Preflight({ options: ["noisy"], executable: fakeHook });
    for (const caption of "abc") console.log((await client.check(null, { caption })).caption);`);
  assert.deepEqual([status, output.length], [0, 600_009]);
});

test("an answer to an aborted request is dropped", async () => {
  const client = fake("late");
  const controller = new AbortController();
  const aborted = client.check(null, { caption: "aborted", signal: controller.signal });
  await pause(200);
  controller.abort(new Error("enough"));
  await assert.rejects(aborted, /enough/);
  assert.equal((await client.check(null, { caption: "after" })).caption, "after");
  await assert.rejects(client.check(null, { signal: AbortSignal.abort() }), { name: "AbortError" });
  await client.close();
});

test("aborted at any moment", async () => {
  const client = echoing();
  const results = await Promise.allSettled(numbers(1000).map((number) => {
    const signal = number % 3 === 0 ? AbortSignal.timeout(number % 100) : undefined;
    return echo(client, String(number), { signal });
  }));
  for (const [number, { value, reason }] of results.entries()) {
    if (value === undefined) assert.equal(reason.name, "TimeoutError");
    else assert.equal(value, String(number));
  }
  await client.close();
});

test("a program ends without close(), but not while it waits", async () => {
  for (const text of [
    "console.log((await check(picture)).verdict);",
    "check(picture).then(({ verdict }) => console.log(verdict));",
    "const client = new Preflight(); await client.check(picture); console.log((await client.check(picture)).verdict);",
    `const client = new Preflight({ options: ["stuck"], executable: fakeHook });
     await client.check(null, { signal: AbortSignal.timeout(300) }).catch(({ name }) => console.log("accepted"));`,
    `const client = new Preflight({ options: ["stuck"], executable: fakeHook, timeout: 500 });
     await client.check(null).catch(({ name }) => console.log(name === "PreflightTimeout" ? "accepted" : name));`,
  ]) assert.deepEqual(await runProgram(text), [0, "accepted\n"]);
});

test("names with any text", async () => {
  for (const name of ["a\nb", 'quote " \\ back', "\u00e9\u4e2d\u{1f600}", "e\u0301", " ", "\t\x01\x7f", "\u2028", "-", "%41"]) {
    const file = join(scratch, `${name}.jpg`);
    writeFileSync(file, readFileSync(picture));
    for (const path of [file, Buffer.from(file), pathToFileURL(file)]) {
      const result = await check(path, { endpoint: "image" });
      assert.deepEqual([result.verdict, result.path, "id" in result], ["accepted", file, false]);
    }
  }
});

test("what can't be sent", async () => {
  for (const path of ["/\ud800.jpg", "/a\0.jpg", "", Buffer.from([0x2f, 0xff]), 1]) {
    await assert.rejects(check(path), (error) => error instanceof InvalidRequest, String(path));
  }
  for (const wrong of [
    { caption: "\ud800" }, { "\udc00": "a" }, { caption: 1 }, { card: 0.5 }, { id: "1" }, { file: "a" }, { caption: "x".repeat(1 << 20) },
  ]) await assert.rejects(check(null, wrong), (error) => error instanceof InvalidRequest);
  assert.throws(() => new Preflight({ timeout: Infinity }), RangeError);
  assert.equal((await check(picture)).verdict, "accepted");
});

test("whole numbers", async () => {
  const client = echoing();
  for (const card of [3, "3"]) {
    const { request } = await client.check(null, {
      endpoint: "template-card-image", to: "15551234567", mediaId: "1234567890", phoneNumberId: "106540352242922",
      template: "new", language: "en", card,
    });
    assert.equal(request.body.template.components[0].cards[0].card_index, 3);
  }
  await client.close();
});

test("relative paths", async (t) => {
  const folder = process.cwd();
  t.after(() => process.chdir(folder));
  await check(picture);
  mkdirSync(join(scratch, "sub/deep"), { recursive: true });
  symlinkSync(join(scratch, "sub/deep"), join(scratch, "link"));
  for (const file of ["a.jpg", "sub/b.jpg"]) writeFileSync(join(scratch, file), readFileSync(picture));
  process.chdir(scratch);
  const answer = check("a.jpg");
  process.chdir("sub");
  assert.equal((await answer).path, join(scratch, "a.jpg"));
  assert.equal((await check("../a.jpg")).verdict, "accepted");
  process.chdir(scratch);
  // The kernel's `..`, not the text's.
  assert.equal((await check("link/../b.jpg")).verdict, "accepted");
});

test("what can't be judged", async () => {
  assert.equal((await check(scratch)).verdict, "unjudged");
  assert.equal((await check(join(scratch, "missing"))).verdict, "unjudged");
});

test("URLs are no paths", async () => {
  const url = "http://localhost:1/a.jpg";
  for (const path of [url, new URL(url)]) {
    const result = await check(path);
    assert.deepEqual([result.path, result.verdict, result.findings[0].code], [url, "rejected", "media-url-not-public"]);
  }
  assert.equal((await check("media-id:1", { endpoint: "image" })).path, "media-id:1");
});

test("a file is fixed", async () => {
  const output = join(scratch, "sticker.webp");
  const { fix: fixed } = await fix(picture, { endpoint: "sticker", output });
  assert.deepEqual([fixed.output, fixed.verdict], [output, "accepted"]);
  assert.equal((await check(output, { endpoint: "sticker" })).verdict, "accepted");
  await assert.rejects(fix(picture, { endpoint: "sticker", output }), { name: "PreflightError", message: /sticker.webp exists; force: true overwrites it$/ });
  assert.equal((await fix(pathToFileURL(picture), { endpoint: "sticker", output, force: true })).fix.output, output);
  const outputDir = join(scratch, "folder");
  assert.equal((await fix(picture, { endpoint: "sticker", outputDir })).fix.output, join(outputDir, "rgb.webp"));
  assert.equal((await fix(picture)).fix.output, null);
});

test("what can't be fixed", async () => {
  const text = join(scratch, "text.txt");
  writeFileSync(text, "text");
  assert.equal(typeof (await fix(text, { endpoint: "sticker" })).fix.reason, "string");
  assert.equal((await fix(join(scratch, "missing"))).verdict, "unjudged");
  await assert.rejects(fix(picture, { endpoint: "nonsense" }), PreflightError);
  await assert.rejects(new Preflight({ executable: "/nonexistent" }).fix(picture), PreflightError);
  const controller = new AbortController();
  const fixing = fix(picture, { endpoint: "sticker", output: join(scratch, "aborted.webp"), signal: controller.signal });
  controller.abort();
  await assert.rejects(fixing, { name: "AbortError" });
});
