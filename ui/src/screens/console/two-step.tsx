import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { ButtonLink } from "../../kit/button.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Facts } from "../../kit/state.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { seesPolicies, seesTwoStep } from "../../vault/console.ts";
import { Status } from "../../vault/members.ts";
import { TwoStep } from "../../vault/policies.ts";
import { type Membership, may } from "../../vault/profile.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { Problem } from "../parts/problem.tsx";
import { useMembers, usePolicies } from "./queries.ts";

/** What an organization asks for besides a password. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("twoStep.title")} for={seesTwoStep}>
      {(organization) => <Steps key={organization.id} by={organization} />}
    </OfOrganization>
  );
}

function Steps({ by }: { by: Membership }) {
  const t = useText();
  const providers = useQuery({
    queryKey: ["console", by.id, "providers"],
    queryFn: () => call("GET /api/organizations/{id}/two-factor", { path: { id: by.id } }),
  });
  const isDemanded = usePolicies(by.id).data?.get(TwoStep)?.enabled === true;
  return (
    <Page title={t("twoStep.title")} lead={t("twoStep.lead")}>
      <Section title={t("twoStep.members")}>
        {may(by, "manageUsers") && <Count by={by} />}
        {seesPolicies(by) && (
          <>
            <p>{t(isDemanded ? "twoStep.demanded" : "twoStep.notDemanded")}</p>
            <div>
              <ButtonLink href={`#/organizations/${by.id}/settings/policies`}>{t("twoStep.toPolicies")}</ButtonLink>
            </div>
          </>
        )}
      </Section>
      <Section title={t("twoStep.duo")}>
        {providers.error && <Problem of={providers.error} />}
        {!providers.error && !providers.data && <Skeleton lines={1} />}
        {providers.data && <Notice tone="info">{t("twoStep.noDuo")}</Notice>}
      </Section>
    </Page>
  );
}

function Count({ by }: { by: Membership }) {
  const t = useText();
  const { data: members } = useMembers(by.id);
  if (!members) return <Skeleton lines={1} />;
  const joined = members.filter(({ status }) => status === Status.accepted || status === Status.confirmed);
  const count = joined.filter(({ twoFactorEnabled }) => twoFactorEnabled).length;
  return <Facts of={[{ name: t("twoStep.with"), value: t("twoStep.of", { count, all: joined.length }) }]} />;
}
