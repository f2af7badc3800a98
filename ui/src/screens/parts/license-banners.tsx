import { ButtonLink } from "../../kit/button.tsx";
import { useDate } from "../../kit/moment.tsx";
import { Banner, type Tone } from "../../kit/notice.tsx";
import { type Key, useText } from "../../text/t.ts";
import { isOwner, type Membership } from "../../vault/profile.ts";
import { useLicense, useSyncState } from "../subscription/queries.ts";
import { useServerTime } from "./use-server-time.ts";

/** What owners on a self-hosted server must know of their licenses, on every page. */
export function LicenseBanners({ organizations }: { organizations: Membership[] }) {
  return organizations.filter(isOwner).map((one) => <LicenseBanner key={one.id} organization={one} />);
}

function LicenseBanner({ organization }: { organization: Membership }) {
  const t = useText();
  const dateOf = useDate();
  const said = useSaid(organization.id);
  if (!said) return null;
  const { name, id } = organization;
  return (
    <Banner tone={said.tone}>
      {t(said.text, { name, date: said.date ? dateOf(said.date) : "" })}
      <ButtonLink tone="quiet" href={`#/organizations/${id}/billing/subscription`}>
        {t("licenseBanner.open", { name })}
      </ButtonLink>
    </Banner>
  );
}

interface Said {
  tone: Tone;
  text: Key;
  date?: string;
}

const day = 24 * 60 * 60 * 1000;

/** How long before its end a license is worth a word. */
const soon = 14 * day;

/** The one thing about a license that is most pressing. */
function useSaid(id: string): Said | undefined {
  const now = useServerTime().getTime();
  const { data: license } = useLicense(id);
  const { data: sync } = useSyncState(id);
  const { licenseState: state, expiration } = license ?? {};
  if (state === "expired") return { tone: "loss", text: "licenseBanner.expired" };
  if (state === "grace" && expiration) return { tone: "wait", text: "licenseBanner.grace", date: expiration };
  if (sync?.overdueSince) return { tone: "wait", text: "licenseBanner.overdue", date: sync.overdueSince };
  const end = license?.expirationWithoutGracePeriod ?? expiration;
  if (state === "valid" && end && Date.parse(end) - now < soon) {
    return { tone: "wait", text: "licenseBanner.soon", date: end };
  }
  return undefined;
}
