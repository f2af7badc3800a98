import { State } from "../../kit/state.tsx";
import { useText } from "../../text/t.ts";
import { useExposed } from "./use-exposed.ts";

/** How many logins are known to be exposed, in the overview. */
export function ExposedCount({ service }: { service: string }) {
  const t = useText();
  const { data, error } = useExposed(service);
  if (!data || error) return <State tone="info">{t("exposed.open")}</State>;
  const count = data.exposed.length;
  return count === 0 ? (
    <State tone="good">{t("reports.good")}</State>
  ) : (
    <State tone="loss">{t("reports.found", { count })}</State>
  );
}
