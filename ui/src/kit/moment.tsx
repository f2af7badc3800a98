import { useLanguage } from "../text/t.ts";

export interface MomentProps {
  at: string | Date;
  withTime?: boolean;
  /** In few letters, for tables. */
  brief?: boolean;
}

/** A date in the reader's zone and language, with the exact time on hover. */
export function Moment({ at, withTime, brief }: MomentProps) {
  const language = useLanguage();
  const date = new Date(at);
  const dateStyle = brief ? "medium" : "long";
  const short = new Intl.DateTimeFormat(language, withTime ? { dateStyle, timeStyle: "short" } : { dateStyle });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
  return (
    <time dateTime={date.toISOString()} title={exact.format(date)}>
      {short.format(date)}
    </time>
  );
}

/** What writes a date into a sentence, as the reader does. */
export function useDate(): (at: string | Date) => string {
  const format = new Intl.DateTimeFormat(useLanguage(), { dateStyle: "long" });
  return (at) => format.format(new Date(at));
}
