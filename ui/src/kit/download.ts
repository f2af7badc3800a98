/** Hands the reader a file that was made in the page. */
export const download = (name: string, type: string, text: string): void => save(name, new Blob([text], { type }));

/** Hands the reader a file, to be kept and not shown. */
export function save(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser takes the file up after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
