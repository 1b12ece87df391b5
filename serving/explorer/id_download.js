/** Saves the ids of documents as a CSV file. */

import { button, element } from "./elements.js";
import { BATCH, documentsOf } from "./document_store.js";
import { count } from "./numbers.js";

/** A button that reads the ids, tells how far it is, and can be stopped. */
export function idDownload(numbers, leaving) {
  const progress = element("span", { class: "hint", role: "status" });
  let reading = null;
  const press = async () => {
    if (reading) {
      reading.abort();
      return;
    }
    reading = new AbortController();
    control.textContent = "Stop";
    try {
      const signal = AbortSignal.any([reading.signal, leaving]);
      const lines = await readLines(numbers, signal, (read) => {
        progress.textContent = `${count(read)} of ${count(numbers.length)} read`;
      });
      save(lines);
      progress.textContent = "Saved.";
    } catch (error) {
      progress.textContent = error.name === "AbortError" ? "Stopped." : error.message;
    }
    reading = null;
    control.textContent = "Download ids";
  };
  const control = button("Download ids", press);
  return element("span", { class: "with-progress" }, control, progress);
}

async function readLines(numbers, signal, tell) {
  const lines = ["id,labels"];
  for (let start = 0; start < numbers.length; start += BATCH) {
    const documents = await documentsOf(numbers.slice(start, start + BATCH), signal);
    for (const { id, labels } of documents) lines.push(`${quoted(id)},${quoted(labels.join(";"))}`);
    tell(Math.min(start + BATCH, numbers.length));
  }
  return lines;
}

// As they are, also where a spreadsheet would read a formula: another id would name no document.
function quoted(field) {
  return `"${field.replaceAll('"', '""')}"`;
}

function save(lines) {
  const url = URL.createObjectURL(new Blob([lines.join("\r\n"), "\r\n"], { type: "text/csv" }));
  element("a", { href: url, download: "documents.csv" }).click();
  URL.revokeObjectURL(url);
}
