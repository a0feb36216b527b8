// Uploads files that WhatsApp will take, and says of the others why not: check-before-upload.mjs FILE…

import { check } from "./preflight.mjs";

function upload(file, mediaType) {
  // Here your own upload goes.
  console.log(`${file}: upload it as ${mediaType}`);
}

const files = process.argv.slice(2);
// All at once: each gets its own answer.
const results = await Promise.all(files.map((file) => check(file)));

for (const [index, result] of results.entries()) {
  const file = files[index];
  if (result.verdict === "accepted") {
    upload(file, result.mediaType);
    continue;
  }
  process.exitCode = 1;
  for (const finding of result.findings.filter(({ severity }) => severity === "error")) {
    console.log(`${file}: ${finding.message} ${finding.remedy ?? ""}`);
  }
}
