import { useLanguage } from "../text/t.ts";

const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** What writes how large a file is, as the reader does. */
export function useSize(): (bytes: number) => string {
  const language = useLanguage();
  return (bytes) => sizeIn(language, bytes);
}

export function sizeIn(language: string, bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const format = new Intl.NumberFormat(language, {
    style: "unit",
    unit: units[power] ?? "byte",
    // The short form of many bytes is "byte" in English.
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power > 1 ? 1 : 0,
  });
  return format.format(bytes / 1024 ** power);
}
