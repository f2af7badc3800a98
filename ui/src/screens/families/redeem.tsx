import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearch } from "wouter";
import { call } from "../../api/client.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { useDate } from "../../kit/moment.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { memberships } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { isOwner, type Profile } from "../../vault/profile.ts";
import { logOut } from "../../vault/session.ts";
import { useProfile } from "../frame.tsx";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import { Accept } from "./accept.tsx";
import { Accepted, type Taken } from "./accepted.tsx";
import styles from "./families.module.css";

/** What the server says of an offer to its recipient. */
export interface Validity {
  isTokenValid: boolean;
  isFreeFamilyPolicyEnabled: boolean;
  message?: string;
  sponsoringOrganizationName?: string;
  offerEndDate?: string;
}

const families = 1;

/** Where the recipient of an offer accepts it. */
export function Screen() {
  const t = useText();
  const query = new URLSearchParams(useSearch());
  const server = useServer();
  const { data: profile, error } = useProfile();
  const [token, email] = [query.get("token"), query.get("email")];
  if (server?.selfHosted) {
    return (
      <Page title={t("redeem.title")}>
        <Empty title={t("redeem.elsewhere")}>{t("redeem.elsewhereLead")}</Empty>
      </Page>
    );
  }
  if (!token) {
    return (
      <Page title={t("redeem.title")}>
        <Empty title={t("redeem.broken")}>{t("redeem.brokenLead")}</Empty>
      </Page>
    );
  }
  return (
    <Page title={t("redeem.title")}>
      {error && <Problem of={error} />}
      {!error && !(profile && server) && <Skeleton lines={5} />}
      {profile && server && <ForProfile profile={profile} token={token} email={email ?? profile.email} />}
    </Page>
  );
}

interface ForProfileProps {
  profile: Profile;
  token: string;
  email: string;
}

function ForProfile({ profile, token, email }: ForProfileProps) {
  const t = useText();
  if (email.toLowerCase() === profile.email.toLowerCase()) return <Offer profile={profile} token={token} />;
  return (
    <div className={styles.wide}>
      <Notice tone="wait" title={t("redeem.otherTitle")}>
        {t("redeem.other", { email, own: profile.email })}
      </Notice>
      <div>
        <Button tone="primary" onClick={() => logOut()}>
          {t("redeem.switch", { email })}
        </Button>
      </div>
    </div>
  );
}

function Offer({ profile, token }: { profile: Profile; token: string }) {
  const t = useText();
  const dateOf = useDate();
  const [taken, setTaken] = useState<Taken>();
  const { data, error } = useQuery({
    queryKey: ["offer", token],
    queryFn: () =>
      call("POST /api/organization/sponsorship/validate-token", {
        query: { sponsorshipToken: token },
      }) as Promise<Validity>,
    enabled: !taken,
  });
  if (taken) return <Accepted of={taken} token={token} onTaken={setTaken} />;
  if (error) return <Problem of={error} />;
  if (!data) return <Skeleton lines={5} />;
  const sponsor = data.sponsoringOrganizationName ?? t("redeem.sponsor");
  if (!data.isTokenValid) return <Refusal because={data.message ?? ""} />;
  if (data.isFreeFamilyPolicyEnabled) return <Refusal because={t("redeem.barred", { name: sponsor })} />;
  return (
    <div className={styles.wide}>
      <div>
        <p>{t("redeem.from", { name: sponsor })}</p>
        {data.offerEndDate && <p className={styles.soft}>{t("redeem.until", { date: dateOf(data.offerEndDate) })}</p>}
      </div>
      <Accept
        sponsor={sponsor}
        token={token}
        profile={profile}
        owned={profile.organizations.filter((one) => isOwner(one) && one.productTierType === families)}
        onTaken={setTaken}
      />
    </div>
  );
}

function Refusal({ because }: { because: string }) {
  const t = useText();
  return (
    <div className={styles.wide}>
      <Notice tone="loss">{because}</Notice>
      <div>
        <ButtonLink href={`#${memberships}`}>{t("app.toStart")}</ButtonLink>
      </div>
    </div>
  );
}
