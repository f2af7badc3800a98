import { useQuery } from "@tanstack/react-query";
import { call, type OrgView } from "../../api/client.ts";
import { CopyButton } from "../../kit/copy.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Facts } from "../../kit/state.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { isOwner, type Membership } from "../../vault/profile.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import { ApiKey } from "./api-key.tsx";
import { Collections } from "./collections.tsx";
import { Ending } from "./ending.tsx";
import { Names } from "./names.tsx";
import styles from "./settings.module.css";

/** What an owner says of an organization, and how it ends. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("orgSettings.title")} for={isOwner}>
      {(organization) => (
        <Page title={t("orgSettings.title")} lead={t("orgSettings.lead")}>
          <Settings organization={organization} key={organization.id} />
        </Page>
      )}
    </OfOrganization>
  );
}

function Settings({ organization }: { organization: Membership }) {
  const t = useText();
  const { id } = organization;
  const { data, error } = useQuery({
    queryKey: ["organization", id, "settings"],
    queryFn: () => call("GET /api/organizations/{id}", { path: { id } }),
  });
  if (error) return <Problem of={error} />;
  if (!data) return <Skeleton lines={6} />;
  return (
    <>
      <Section title={t("orgSettings.about")}>
        <About organization={data} />
        <div className={styles.row}>
          <Facts of={[{ name: t("orgSettings.id"), value: <code>{id}</code> }]} />
          <CopyButton text={id} label={t("orgSettings.copyId")} />
        </div>
      </Section>
      {data.enabled && <Collections organization={data} />}
      {data.enabled && data.useApi && <ApiKey organizationId={id} />}
      <Ending organization={organization} />
    </>
  );
}

/** Names that a license dictates are only shown. */
function About({ organization }: { organization: OrgView }) {
  const t = useText();
  const isSelfHosted = useServer()?.selfHosted;
  const id = organization.id ?? "";
  const license = useQuery({
    queryKey: ["organization", id, "license"],
    queryFn: () => call("GET /api/organizations/{id}/subscription", { path: { id } }),
    enabled: isSelfHosted === true,
  });
  if (license.error) return <Problem of={license.error} />;
  if (isSelfHosted === undefined || (isSelfHosted && !license.data)) return <Skeleton />;
  const isByLicense = license.data && "licenseState" in license.data && license.data.licenseState !== "none";
  if (!isByLicense) return <Names organization={organization} />;
  return (
    <>
      <p>{t("orgSettings.byLicense")}</p>
      <Facts
        of={[
          { name: t("found.name"), value: organization.name },
          { name: t("found.billingEmail"), value: organization.billingEmail },
        ]}
      />
    </>
  );
}
