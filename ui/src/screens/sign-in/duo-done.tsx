import { Notice } from "../../kit/notice.tsx";
import { useText } from "../../text/t.ts";
import { SignInGate } from "./gate.tsx";

/** What is left in the window in which Duo asked. */
export function Screen() {
  const t = useText();
  return (
    <SignInGate title={t("duoDone.title")}>
      <Notice tone="good">{t("duoDone.close")}</Notice>
    </SignInGate>
  );
}
