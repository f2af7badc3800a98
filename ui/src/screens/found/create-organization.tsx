import { useState } from "react";
import { Cards } from "../../kit/cards.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { useServer } from "../parts/use-server.ts";
import { Buy } from "./buy.tsx";
import styles from "./found.module.css";
import { License } from "./license.tsx";
import { Unlicensed } from "./unlicensed.tsx";

/** Makes an organization: in a cloud with a plan, on a server of one's own with a license, or without where that may be. */
export function Screen() {
  const t = useText();
  const server = useServer();
  if (!server) {
    return (
      <Page title={t("found.title")}>
        <Skeleton />
      </Page>
    );
  }
  if (!server.selfHosted) {
    return (
      <Page title={t("found.title")} lead={t("found.lead")}>
        <Buy />
      </Page>
    );
  }
  return (
    <Page title={t("found.title")} lead={t("found.leadSelfHosted")}>
      {server.founders === "license" ? <License /> : <Either isForAdmins={server.founders === "admins"} />}
    </Page>
  );
}

type Way = "unlicensed" | "license";

/** Two ways, of which the one without a license is the shorter. */
function Either({ isForAdmins }: { isForAdmins: boolean }) {
  const t = useText();
  const [way, setWay] = useState<Way>(isForAdmins ? "license" : "unlicensed");
  return (
    <div className={styles.parts}>
      <Cards<Way>
        label={t("found.how")}
        name="way"
        value={way}
        onChange={setWay}
        options={[
          {
            value: "unlicensed",
            title: t("found.unlicensed"),
            text: t(isForAdmins ? "found.unlicensedAdmins" : "found.unlicensedText"),
          },
          { value: "license", title: t("found.withLicense"), text: t("found.withLicenseText") },
        ]}
      />
      {way === "license" ? <License /> : <Unlicensed />}
    </div>
  );
}
