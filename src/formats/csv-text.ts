// Text as a field of a table.

/** As RFC 4180 wants it; what a spreadsheet would take for a formula begins with a quote of its own. */
export function csvText(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
