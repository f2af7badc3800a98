import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { type Contact, type Deed, loadGranted, loadTrusted, perform } from "../../vault/emergency.ts";
import { Problem } from "../parts/problem.tsx";
import { Confirmation } from "./confirmation.tsx";
import { Ask, type Asking } from "./deeds.tsx";
import styles from "./emergency.module.css";
import { Granted } from "./granted.tsx";
import { TakeOver } from "./take-over.tsx";
import { TermsDialog } from "./terms.tsx";
import { Trusted } from "./trusted.tsx";

/** What is in front of the page. */
export type Front =
  | { show: "invite" }
  | { show: "edit" | "confirm" | "takeOver"; contact: Contact }
  | { show: Asking; contact: Contact };

/** Whom a person lets into their vault in an emergency, and who lets them in. */
export function Screen() {
  const t = useText();
  const queries = useQueryClient();
  const [front, setFront] = useState<Front>();
  const trusted = useQuery({ queryKey: ["emergency", "trusted"], queryFn: loadTrusted, staleTime: 0 });
  const granted = useQuery({ queryKey: ["emergency", "granted"], queryFn: loadGranted, staleTime: 0 });
  const close = () => setFront(undefined);
  const forget = () => queries.invalidateQueries({ queryKey: ["emergency"] });
  const again = useAction(async (contact: Contact) => {
    await perform("reinvite" satisfies Deed, contact);
    toast(t("emergency.reinviteDone", { name: contact.name }));
  });
  const invite = (
    <Button tone="primary" onClick={() => setFront({ show: "invite" })}>
      {t("emergency.invite")}
    </Button>
  );
  return (
    <Page title={t("emergency.title")} lead={t("emergency.lead")}>
      <section className={styles.part}>
        <div className={styles.top}>
          <div>
            <h2>{t("emergency.trusted")}</h2>
            <p className={styles.lead}>{t("emergency.trustedLead")}</p>
          </div>
          {trusted.data && trusted.data.length > 0 && invite}
        </div>
        {trusted.error && <Problem of={trusted.error} />}
        {trusted.isPending && <Skeleton />}
        {trusted.data?.length === 0 && (
          <Empty title={t("emergency.nobodyTrusted")} action={invite}>
            {t("emergency.nobodyTrustedLead")}
          </Empty>
        )}
        {trusted.data && trusted.data.length > 0 && (
          <Trusted of={trusted.data} onFront={setFront} onReinvite={again.run} />
        )}
        <Problem of={again.failure} />
      </section>
      <section className={styles.part}>
        <div>
          <h2>{t("emergency.granted")}</h2>
          <p className={styles.lead}>{t("emergency.grantedLead")}</p>
        </div>
        {granted.error && <Problem of={granted.error} />}
        {granted.isPending && <Skeleton />}
        {granted.data?.length === 0 && (
          <Empty title={t("emergency.nobodyGranted")}>{t("emergency.nobodyGrantedLead")}</Empty>
        )}
        {granted.data && granted.data.length > 0 && <Granted of={granted.data} onFront={setFront} />}
      </section>
      <InFront front={front} onClose={close} onDone={forget} />
    </Page>
  );
}

function InFront({
  front,
  onClose,
  onDone,
}: {
  front: Front | undefined;
  onClose: () => void;
  onDone: () => Promise<void>;
}) {
  const props = { onClose, onDone };
  if (!front) return null;
  switch (front.show) {
    case "invite":
      return <TermsDialog {...props} />;
    case "edit":
      return <TermsDialog contact={front.contact} {...props} />;
    case "confirm":
      return <Confirmation contact={front.contact} {...props} />;
    case "takeOver":
      return <TakeOver contact={front.contact} {...props} />;
    default:
      return <Ask what={front.show} contact={front.contact} {...props} />;
  }
}
