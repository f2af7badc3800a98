import type { SponsorshipView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { useLanguage, useText } from "../../text/t.ts";
import { isOwner, type Membership } from "../../vault/profile.ts";
import { Problem } from "../parts/problem.tsx";
import { Outcome } from "../subscription/outcome.tsx";
import { useSyncState } from "../subscription/queries.ts";
import { useSync } from "../subscription/use-sync.ts";

interface AwaitingProps {
  of: SponsorshipView[];
  organizations: Membership[];
}

/** Says what waits for the next sync; an owner sees when that is, and need not wait. */
export function Awaiting({ of, organizations }: AwaitingProps) {
  const t = useText();
  const waiting = new Set(of.map(({ organizationId }) => organizationId));
  const owned = organizations.filter((one) => waiting.has(one.id) && isOwner(one));
  return (
    <>
      <Notice tone="wait">{t("families.awaitingLead")}</Notice>
      {owned.map((organization) => (
        <Next key={organization.id} organization={organization} />
      ))}
    </>
  );
}

function Next({ organization }: { organization: Membership }) {
  const t = useText();
  const language = useLanguage();
  const { data } = useSyncState(organization.id);
  const { busy, failure, answer, run } = useSync(organization.id);
  if (!data) return null;
  const { name } = organization;
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  const date = data.nextRunDate && format.format(new Date(data.nextRunDate));
  return (
    <>
      <p>{date ? t("families.awaitingOwner", { name, date }) : t("families.awaitingFirst", { name })}</p>
      {data.connection?.enabled && (
        <div>
          <Button onClick={run} busy={busy}>
            {t("sync.now")}
          </Button>
        </div>
      )}
      {answer ? <Outcome of={answer} /> : <Problem of={failure} />}
    </>
  );
}
