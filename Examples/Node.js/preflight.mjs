// Asks preflight whether WhatsApp will take a file, before it is sent. It needs Node.js 18 and no other packages.
//
//   import { check } from "preflight-media"; // of a copy of the one file: from "./preflight.mjs"
//
//   const result = await check("wave.webp", { endpoint: "sticker" });
//   if (result.verdict !== "accepted") console.log(result.findings.map(({ message }) => message));
//
// One `preflight hook` process is started by the first request and kept; it is replaced when it dies or gets stuck. Any
// number of requests may be under way; the program may end by itself when none is.

import { spawn } from "node:child_process";
import { existsSync, writeSync } from "node:fs";
import { isAbsolute, sep } from "node:path";
import { fileURLToPath } from "node:url";

// The hook refuses longer lines, without their id.
const longestLine = 1 << 20;
// So many requests the hook works on at a time, unless its options say how many (--jobs), and so many it has: the others wait
// here, where no deadline runs. From one host it fetches no more than these at a time, and more would wait there.
const usualJobs = 8;
// So many milliseconds the hook gives a URL (its --url-timeout), beside what it may take for a file.
const urlTime = 20_000;
// The fields of the built-in policies that are whole numbers, which may be text as well.
const wholeNumbers = ["card", "duration", "mediaSize"];
// So many characters, the last that a process wrote to standard error, are told when it has died.
const lastWords = 2000;
// After so many processes in a row that answered nothing, everyone who waits gets an error.
const mostUselessStarts = 3;

// What the package has beside this file.
const packaged = fileURLToPath(new URL("bin/preflight", import.meta.url));

/** There is no answer: preflight is missing, has died, or talks nonsense. */
export class PreflightError extends Error {
  name = this.constructor.name;
}

/** The hook had the request for as long as it may, and didn't answer. */
export class PreflightTimeout extends PreflightError {}

/** The request can't be sent as it is. */
export class InvalidRequest extends PreflightError {}

/** A client with a process of its own. */
export class Preflight {
  #options;
  #jobs;
  #executable;
  #timeout;
  #queue = [];
  // The process, with what is in flight and the beginning of an answer; null while there is none.
  #hook = null;
  #lastId = 0;
  #uselessStarts = 0;
  // How many callers wait.
  #awaited = 0;
  #isClosed = false;
  #whenIdle = [];

  /**
   * @param {object} [settings]
   * @param {string[]} [settings.options] those of `preflight hook`, such as "--policy=whatsapp-cloud"; give paths in them
   *   from the root
   * @param {string} [settings.executable] where preflight is; else $PREFLIGHT, else the package's, else `preflight` on the path
   * @param {number} [settings.timeout] the milliseconds that the hook may take for one request; what is fetched has 20,000 more
   */
  constructor({ options = [], executable, timeout = 10_000 } = {}) {
    // A timer takes anything longer for nothing.
    if (!(timeout > 0 && timeout < 2 ** 31)) throw new RangeError(`the timeout must be positive, not ${timeout}`);
    this.#options = [...options];
    this.#jobs = jobsOf(this.#options);
    this.#executable = executable;
    this.#timeout = timeout;
  }

  /**
   * The result for one file or URL, or with null as the path for the fields alone. A rejection is a result like any other;
   * `verdict` is "accepted", "rejected", or "unjudged" for a file that couldn't be read. The result's `path` is absolute.
   *
   * @param {string | URL | Uint8Array | null} path
   * @param {object} [request] `endpoint`, `to`, `mediaUrl`, `mediaId`, `caption`, `filename`, `phoneNumberId`,
   *   `declaredType`, `depth`, `probe`; for a template of "--policy=whatsapp-cloud" `template`, `language`, `card`; any other of
   *   the policy's; and `signal`, an AbortSignal
   */
  async check(path, { signal, ...fields } = {}) {
    if (this.#isClosed) throw new PreflightError("the client is closed");
    signal?.throwIfAborted();
    const id = String(++this.#lastId);
    const extraTime = isRemote(path) || fields.probe ? urlTime : 0;
    const request = { id, line: lineOf(id, path, fields), extraTime, deaths: 0, isDropped: false, timer: null };
    const abort = () => {
      // What is in flight stays there: its answer is awaited, to be dropped.
      request.isDropped = true;
      request.reject(signal.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#awaited += 1;
    try {
      return await new Promise((resolve, reject) => {
        Object.assign(request, { resolve, reject });
        this.#queue.push(request);
        this.#update();
      });
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#awaited -= 1;
      this.#update();
    }
  }

  /**
   * Makes an accepted file of a rejected one: `preflight fix`, in a process of its own and without a deadline.
   *
   * In the result `fix` has the steps, the `output` that was written, which is null if the file is accepted already, and the
   * `reason` if it can't be fixed. Without an output, it is written beside the file as NAME-fixed.EXT, or for a URL into the
   * working folder. An output that exists is an error, unless `force` is true. Options of the client must be those of
   * `preflight fix` too.
   *
   * @param {string | URL | Uint8Array} path
   * @param {object} [request] `endpoint`; `output` or `outputDir`, paths; `force`; and `signal`, an AbortSignal, which ends
   *   the process
   */
  async fix(path, { endpoint, output, outputDir, force = false, signal } = {}) {
    if (this.#isClosed) throw new PreflightError("the client is closed");
    signal?.throwIfAborted();
    const arguments_ = ["fix", "--format", "ndjson", ...this.#options];
    // As for the hook: no stray file changes what is done.
    if (!this.#options.some((option) => option.split("=")[0] === "--config")) arguments_.push("--isolated");
    const values = [["--endpoint", endpoint], ["--output", output], ["--output-dir", outputDir]];
    for (const [option, value] of values) if (value !== undefined && value !== null) arguments_.push(`${option}=${value}`);
    if (force) arguments_.push("--force");
    arguments_.push(reference(path));
    const executable = this.#program();
    const child = spawn(executable, arguments_, { stdio: ["ignore", "pipe", "pipe"], signal });
    const printed = { answer: "", errors: "" };
    child.stdout?.setEncoding("utf8").on("data", (text) => (printed.answer += text));
    child.stderr?.setEncoding("utf8").on("data", (text) => (printed.errors += text));
    const status = await new Promise((resolve, reject) => {
      child.on("error", (error) =>
        reject(signal?.aborted ? signal.reason : new PreflightError(`${executable} can't be started: ${error.code}`)));
      child.on("close", (status, signal) => resolve(status ?? signal));
    });
    const result = parsed(printed.answer);
    // That a file can't be read is a result; that none can be written is an error.
    if (result.verdict !== undefined && (status === 0 || status === 1 || result.verdict === "unjudged")) return result;
    // What is an option there is an argument here.
    const why = words(printed.errors).replace("--force overwrites it", "force: true overwrites it");
    throw new PreflightError(why || `preflight ended (${status})`);
  }

  /** Ends the process, once what was asked before is answered. */
  async close() {
    this.#isClosed = true;
    await new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      this.#update();
    });
  }

  [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    return this.close();
  }

  /** Sends what can be sent, and lets the program end while nobody waits. Called after every change. */
  #update() {
    this.#send();
    const hook = this.#hook;
    const isIdle = this.#awaited === 0;
    if (hook && hook.isIdle !== isIdle) {
      hook.isIdle = isIdle;
      for (const handle of handles(hook)) isIdle ? handle?.unref() : handle?.ref();
    }
    if (!isIdle || !this.#isClosed) return;
    if (hook) this.#end(hook);
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #send() {
    while (this.#queue.length > 0) {
      if (this.#queue[0].isDropped) {
        this.#queue.shift();
        continue;
      }
      const inFlight = [...(this.#hook?.inFlight.values() ?? [])];
      // One that a process died with goes alone, so that the one to blame takes no others with it.
      const most = this.#queue[0].deaths > 0 ? 1 : this.#jobs;
      if (inFlight.length >= most || inFlight.some(({ deaths }) => deaths > 0)) return;
      try {
        this.#hook ??= this.#start();
      } catch (error) {
        this.#failAll(`preflight can't be started: ${error.message}`);
        return;
      }
      const hook = this.#hook;
      const request = this.#queue.shift();
      hook.inFlight.set(request.id, request);
      // After reading: what was answered in time counts, even if the program was busy for longer.
      request.timer = setTimeout(() => setImmediate(() => this.#tooLate(hook, request)), this.#timeout + request.extraTime).unref();
      hook.child.stdin?.write(request.line);
    }
  }

  #program() {
    return this.#executable ?? process.env.PREFLIGHT ?? (existsSync(packaged) ? packaged : "preflight");
  }

  #start() {
    const executable = this.#program();
    this.#uselessStarts += 1;
    const child = spawn(executable, ["hook", "--unordered", `--jobs=${usualJobs}`, ...this.#options], { stdio: "pipe" });
    const hook = { child, inFlight: new Map(), unread: "", lastWords: "", isIdle: false };
    child.on("error", (error) => {
      // Unless it only couldn't be killed.
      if (child.pid === undefined) this.#replace(hook, `${executable} can't be started: ${error.code}`, "start");
    });
    child.on("close", (status, signal) => this.#replace(hook, `preflight ended (${signal ?? `exit status ${status}`})`, "death"));
    // A process that has died says so by "close".
    child.stdin?.on("error", () => {});
    child.stdout?.setEncoding("utf8").on("data", (text) => this.#read(hook, text));
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      hook.lastWords = (hook.lastWords + text).slice(-lastWords);
      passOn(text);
    });
    return hook;
  }

  #read(hook, text) {
    const lines = (hook.unread + text).split("\n");
    hook.unread = lines.pop();
    for (const line of lines) {
      // Replaced, it isn't heard any more.
      if (this.#hook !== hook) return;
      const { id, ...result } = parsed(line);
      const request = hook.inFlight.get(id);
      if (!request) {
        // No answer to anything that was asked: whatever else it says can't be trusted.
        this.#replace(hook, "preflight gave an answer to no request", "nonsense");
        return;
      }
      hook.inFlight.delete(id);
      clearTimeout(request.timer);
      this.#uselessStarts = 0;
      request.resolve(result);
    }
    this.#update();
  }

  #tooLate(hook, request) {
    if (this.#hook !== hook || hook.inFlight.get(request.id) !== request) return;
    hook.inFlight.delete(request.id);
    request.reject(new PreflightTimeout(`preflight gave no answer within ${this.#timeout + request.extraTime} ms, and was ended`));
    this.#replace(hook, "preflight was stuck", "timeout");
  }

  /** Ends a process. What it had goes to the next; where the process is to blame, once, and then it fails. */
  #replace(hook, why, cause) {
    if (this.#hook !== hook) return;
    const again = [...hook.inFlight.values()];
    this.#end(hook);
    for (const request of again) if (cause !== "timeout") request.deaths += 1;
    this.#queue.unshift(...again.filter(({ deaths }) => deaths < 2));
    const lost = again.filter(({ deaths }) => deaths >= 2);
    const said = words(hook.lastWords) && `: ${words(hook.lastWords)}`;
    for (const { reject } of lost) reject(new PreflightError(`${why} in the middle of the request, twice${said}`));
    const isUseless = this.#uselessStarts >= mostUselessStarts;
    if (cause === "start" || isUseless) {
      if (isUseless) why = `preflight was started ${mostUselessStarts} times and answered nothing: ${why}${said}`;
      this.#uselessStarts = 0;
      this.#failAll(why);
    }
    this.#update();
  }

  #failAll(why) {
    for (const { reject } of this.#queue.splice(0)) reject(new PreflightError(why));
  }

  /** Ends a process, which holds nothing worth keeping. */
  #end(hook) {
    this.#hook = null;
    for (const { timer } of hook.inFlight.values()) clearTimeout(timer);
    hook.child.kill("SIGKILL");
    for (const handle of handles(hook).slice(1)) handle?.destroy();
    hook.child.unref();
  }
}

const shared = new Preflight();

/** As `Preflight.check`, with one client for the whole program. */
export const check = (path, request) => shared.check(path, request);

/** As `Preflight.fix`. */
export const fix = (path, request) => shared.fix(path, request);

/** How many requests a hook with these options works on at a time. */
function jobsOf(options) {
  const stated = [...options.join("\n").matchAll(/^--jobs[=\n]([0-9]+)$/gm)].pop();
  // The hook itself refuses 0, and never works on more than 200.
  return stated ? Math.min(Math.max(Number(stated[1]), 1), 200) : usualJobs;
}

/** What keeps the program from ending while somebody waits. */
function handles({ child }) {
  return [child, child.stdin, child.stdout, child.stderr];
}

/** Writes what a process wrote to standard error to the program's own. */
function passOn(text) {
  try {
    for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(2, rest));
  } catch {
    // Nobody reads it, or not so fast: the process's own writes would have been lost as well.
  }
}

/** What a process wrote to standard error, for a message. */
function words(errors) {
  return errors.trim().replace(/^error: /, "");
}

function lineOf(id, path, fields) {
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue;
    if (key === "id" || key === "file") throw new InvalidRequest(`'${key}' is set by the client`);
    if (typeof value === "string" || typeof value === "boolean") continue;
    if (wholeNumbers.includes(key) && Number.isSafeInteger(value)) continue;
    const others = `probe and fix take a boolean; ${wholeNumbers.join(", ")} a whole number`;
    throw new InvalidRequest(`${key} must be text, not ${typeof value} (${others})`);
  }
  const file = path === null || path === undefined ? {} : { file: reference(path) };
  const line = JSON.stringify({ ...fields, ...file, id }) + "\n";
  // JSON.stringify() escapes halves of surrogate pairs, and nothing else that begins so.
  const halves = [file.file, ...Object.entries(fields).flat()].some((text) => /\p{Surrogate}/u.test(text ?? ""));
  if (halves) throw new InvalidRequest("the request has half of a surrogate pair, which is no text");
  const size = Buffer.byteLength(line);
  if (size > longestLine) throw new InvalidRequest(`the request has ${size} bytes as JSON; the hook takes ${longestLine}`);
  return line;
}

/** Whether it is a URL or a media ID, which preflight fetches, and no path. */
function isRemote(path) {
  return (typeof path === "string" || path instanceof URL) && (/^https?:\/\//i.test(path) || /^media-id:[0-9]+$/.test(path));
}

/** A URL as it is, or else the path from the root, now: the program may change its working folder after the hook was started. */
function reference(path) {
  if (isRemote(path)) return String(path);
  let name = path;
  if (path instanceof URL) name = fileURLToPath(path);
  if (path instanceof Uint8Array) {
    try {
      name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(path);
    } catch {
      throw new InvalidRequest("the path has bytes that aren't UTF-8, which JSON can't hold; rename the file");
    }
  }
  if (typeof name !== "string") throw new InvalidRequest(`the path must be text, a URL or bytes, not ${typeof path}`);
  if (name === "" || name.includes("\0")) throw new InvalidRequest(`${JSON.stringify(name)} is no path: it is empty or has a NUL`);
  // Not resolve(): where `a` is a link, `a/..` isn't the folder that holds it.
  return isAbsolute(name) ? name : process.cwd() + sep + name;
}

/** What a line of the hook says; an empty object where it isn't JSON. */
function parsed(line) {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}
