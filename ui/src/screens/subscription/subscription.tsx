import { Screen as Page } from "../../kit/frame.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { isOwner, type Membership } from "../../vault/profile.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { useServer } from "../parts/use-server.ts";
import { CloudSubscription } from "./cloud.tsx";
import { SelfHostedSubscription } from "./self-hosted.tsx";

/** What an organization is paid with: a subscription in a cloud, a license on a server of one's own. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("subscription.title")} for={isOwner}>
      {(organization) => <OfRole organization={organization} key={organization.id} />}
    </OfOrganization>
  );
}

function OfRole({ organization }: { organization: Membership }) {
  const t = useText();
  const server = useServer();
  if (server?.selfHosted) return <SelfHostedSubscription organization={organization} />;
  if (server) return <CloudSubscription organization={organization} />;
  return (
    <Page title={t("subscription.title")}>
      <Skeleton />
    </Page>
  );
}
