import { useLanguage } from "../text/t.ts";

/** What writes an amount of dollars as the reader does. */
export function useMoney(): (amount: number) => string {
  const language = useLanguage();
  const format = new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
  });
  return (amount) => format.format(amount);
}
