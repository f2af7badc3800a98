import { type Key, useText } from "../../text/t.ts";

/** The codes of sponsorships that have a sentence of their own. */
const known = new Set([
  "plan-too-low",
  "organization-disabled",
  "disabled-by-policy",
  "own-email",
  "email-invalid",
  "member-already-sponsors",
  "already-redeemed",
  "admin-sponsorship-not-allowed",
  "too-many-mails",
  "trial-limit",
  "row-invalid",
  "no-free-seat",
  "not-in-this-dialect",
  "revoked",
  "removed",
  "sync-lapsed",
  "period-over",
  "target-gone",
  "sponsor-left",
  "organization-gone",
  "target-upgraded",
  "own-sponsorship",
]);

/** What tells a person why a sponsorship was refused or has ended. */
export function useReason(): (code: string) => string {
  const t = useText();
  return (code) => (known.has(code) ? t(`reason.${code}` as Key) : t("families.reasonUnknown", { code }));
}
