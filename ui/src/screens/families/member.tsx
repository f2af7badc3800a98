import { useState } from "react";
import type { SponsorshipView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Field, Select } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import type { Membership, Profile } from "../../vault/profile.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { useProfile } from "../frame.tsx";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import { Awaiting } from "./awaiting.tsx";
import { offer, useSponsorships } from "./calls.ts";
import styles from "./families.module.css";
import { List } from "./list.tsx";
import { isAwaiting } from "./state.tsx";

/** The Families organization that a member may give away. */
export function Screen() {
  const t = useText();
  const server = useServer();
  const profile = useProfile();
  const sponsorships = useSponsorships();
  const error = profile.error ?? sponsorships.error;
  return (
    <Page title={t("families.title")} lead={t("families.lead")}>
      {error && <Problem of={error} />}
      {!error && !(server && profile.data && sponsorships.data) && <Skeleton lines={4} />}
      {server && profile.data && sponsorships.data && (
        <Content profile={profile.data} given={sponsorships.data} isSelfHosted={server.selfHosted} />
      )}
    </Page>
  );
}

interface ContentProps {
  profile: Profile;
  given: SponsorshipView[];
  isSelfHosted: boolean;
}

function Content({ profile, given, isSelfHosted }: ContentProps) {
  const t = useText();
  const available = profile.organizations.filter(({ familySponsorshipAvailable }) => familySponsorshipAvailable);
  const own = given.filter(({ isAdminInitiated }) => !isAdminInitiated);
  const waiting = own.filter(isAwaiting);
  if (available.length === 0 && own.length === 0) {
    return <Empty title={t("families.none")}>{t("families.noneLead")}</Empty>;
  }
  return (
    <>
      {available.length > 0 && (
        <Section title={t("families.offer")}>
          <Offer profile={profile} available={available} isSelfHosted={isSelfHosted} />
        </Section>
      )}
      <Section title={t("families.list")} lead={t("families.leave")}>
        {own.length === 0 && <Empty title={t("families.listEmpty")}>{t("families.listEmptyLead")}</Empty>}
        {own.length > 0 && <List of={own} organizations={profile.organizations} isSelfHosted={isSelfHosted} />}
        {isSelfHosted && waiting.length > 0 && <Awaiting of={waiting} organizations={profile.organizations} />}
      </Section>
    </>
  );
}

interface OfferProps {
  profile: Profile;
  available: Membership[];
  isSelfHosted: boolean;
}

function Offer({ profile, available, isSelfHosted }: OfferProps) {
  const t = useText();
  const after = useAfterChange();
  const [sent, setSent] = useState(0);
  const [isOwn, setIsOwn] = useState(false);
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const email = textOf(values, "email").trim();
    const own = email.toLowerCase() === profile.email.toLowerCase();
    setIsOwn(own);
    if (own) return;
    await offer(isSelfHosted, textOf(values, "organization"), email);
    await after();
    setSent(sent + 1);
    toast(t(isSelfHosted ? "families.requested" : "families.sent"));
  });
  return (
    <div className={styles.fields} key={sent}>
      <Form onSend={run} label={t("families.offer")}>
        {available.length === 1 ? (
          <input type="hidden" name="organization" value={available[0]?.id} />
        ) : (
          <Select
            label={t("families.organization")}
            name="organization"
            options={available.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
        <Field
          type="email"
          name="email"
          label={t("families.recipient")}
          hint={t("families.recipientHint")}
          error={isOwn ? t("families.own") : undefined}
          autoComplete="off"
          maxLength={256}
          required
        />
        <Problem of={failure} />
        <div className={styles.actions}>
          <Button tone="primary" type="submit" busy={busy}>
            {t("families.submit")}
          </Button>
        </div>
      </Form>
    </div>
  );
}
