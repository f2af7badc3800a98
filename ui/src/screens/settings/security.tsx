import type { ReactNode } from "react";
import { Screen as Page } from "../../kit/frame.tsx";
import { Tabs } from "../../kit/tabs.tsx";
import { useText } from "../../text/t.ts";

const tabs = {
  password: "security.password",
  "two-factor": "security.twoStep",
  passkeys: "security.passkeys",
  "device-management": "security.devices",
  "security-keys": "security.keys",
} as const;

/** The frame of what keeps strangers out: one part of it, and the way to the others. */
export function Security({ part, children }: { part: keyof typeof tabs; children: ReactNode }) {
  const t = useText();
  return (
    <Page title={t("security.title")}>
      <Tabs
        label={t("security.title")}
        tabs={Object.entries(tabs).map(([id, label]) => ({
          href: `#/settings/security/${id}`,
          label: t(label),
          current: id === part,
        }))}
      />
      {children}
    </Page>
  );
}
