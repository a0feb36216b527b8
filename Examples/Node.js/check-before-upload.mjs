// Uploads files that WhatsApp will take, and says of the others why not: check-before-upload.mjs FILE…

import { Preflight } from "./preflight.mjs";

function upload(file, mediaType) {
  // Here your own upload goes.
  console.log(`${file}: upload it as ${mediaType}`);
}

const files = process.argv.slice(2);
const preflight = new Preflight();
// All at once: the answers come back in order.
const results = await Promise.all(files.map((file) => preflight.check({ file })));
preflight.close();

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
