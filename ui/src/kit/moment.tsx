import { useLanguage } from "../text/t.ts";

/** A date in the reader's zone and language, with the exact time on hover. */
export function Moment({ at, withTime }: { at: string | Date; withTime?: boolean }) {
  const language = useLanguage();
  const date = new Date(at);
  const short = new Intl.DateTimeFormat(
    language,
    withTime ? { dateStyle: "long", timeStyle: "short" } : { dateStyle: "long" },
  );
  const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
  return (
    <time dateTime={date.toISOString()} title={exact.format(date)}>
      {short.format(date)}
    </time>
  );
}
