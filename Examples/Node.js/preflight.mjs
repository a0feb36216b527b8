// Asks preflight whether WhatsApp will take a file, through one process that is kept open.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A hook process. Any number of requests may be under way at a time; close it at the end. */
export class Preflight {
  #process;
  #waiting = [];
  #ended = null;

  /**
   * @param {string[]} options those of `preflight hook`, such as "--policy=whatsapp-cloud" and "--strict"
   * @param {string} executable where preflight is
   */
  constructor(options = [], executable = process.env.PREFLIGHT ?? "preflight") {
    this.#process = spawn(executable, ["hook", ...options], { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.on("error", (error) => this.#end(new Error(`${executable} can't be started: ${error.code}`)));
    this.#process.on("close", () => this.#end(new Error("preflight has ended")));
    // A process that has ended says so by "close".
    this.#process.stdin.on("error", () => {});
    createInterface({ input: this.#process.stdout, crlfDelay: Infinity }).on("line", (line) => {
      // Answers come in the order of the requests.
      this.#waiting.shift()?.resolve(JSON.parse(line));
    });
  }

  /**
   * The result of one request, whose keys are those of the hook: file, endpoint, to, mediaUrl, mediaId,
   * caption, filename, phoneNumberId and declaredType. A rejection is a result like any other; the promise
   * is rejected where no answer is possible.
   */
  check(request) {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(JSON.stringify(request) + "\n");
    });
  }

  /** Ends the process; what was asked is still answered. */
  close() {
    this.#process.stdin.end();
  }

  #end(error) {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
