import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { State } from "../../kit/state.tsx";
import { Hidden, Skeleton } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { type Translate, useText } from "../../text/t.ts";
import { type Detail, enabledMethods, loadDetail, type Method, methods } from "../../vault/two-step.ts";
import { Problem } from "../parts/problem.tsx";
import { Verify } from "../parts/verify.tsx";
import { Security } from "./security.tsx";
import styles from "./settings.module.css";
import { AuthenticatorDialog } from "./two-step/authenticator.tsx";
import { DuoDialog } from "./two-step/duo.tsx";
import { EmailDialog } from "./two-step/email.tsx";
import { KeysDialog } from "./two-step/keys.tsx";
import { RecoveryDialog } from "./two-step/recovery.tsx";
import { YubiKeyDialog } from "./two-step/yubikey.tsx";

/** What is asked for at a log-in besides the password. */
export function Screen() {
  const t = useText();
  const queries = useQueryClient();
  const { data: on, error } = useQuery({ queryKey: ["two-step"], queryFn: enabledMethods });
  const [asked, setAsked] = useState<Detail["of"]>();
  const [detail, setDetail] = useState<Detail>();
  const close = () => {
    setDetail(undefined);
    queries.invalidateQueries({ queryKey: ["two-step"] });
    queries.invalidateQueries({ queryKey: ["profile"] });
  };
  const title = t(asked === undefined || asked === "recovery" ? "secondStep.recovery" : `secondStep.${asked}`);
  return (
    <Security part="two-factor">
      <Section title={t("secondStep.title")} lead={t("secondStep.lead")}>
        {error && <Problem of={error} />}
        {!error && !on && <Skeleton lines={5} />}
        {on && (
          <Table
            label={t("secondStep.title")}
            columns={columns(t, on, setAsked)}
            rows={Object.keys(methods) as Method[]}
            keyOf={(method) => method}
          />
        )}
      </Section>
      <Section title={t("secondStep.recovery")} lead={t("secondStep.recoveryLead")}>
        <div>
          <Button onClick={() => setAsked("recovery")}>{t("secondStep.recoveryView")}</Button>
        </div>
      </Section>
      <Verify
        open={asked !== undefined}
        title={title}
        action={t("code.submit")}
        onClose={() => setAsked(undefined)}
        onVerified={async (hash) => {
          if (asked) setDetail(await loadDetail(asked, hash));
          setAsked(undefined);
        }}
      >
        <p className={styles.soft}>{t("secondStep.verify")}</p>
      </Verify>
      {detail && <DetailDialog of={detail} onClose={close} />}
    </Security>
  );
}

function DetailDialog({ of, onClose }: { of: Detail; onClose: () => void }) {
  switch (of.of) {
    case "authenticator":
      return <AuthenticatorDialog detail={of} onClose={onClose} />;
    case "keys":
      return <KeysDialog detail={of} onClose={onClose} />;
    case "email":
      return <EmailDialog detail={of} onClose={onClose} />;
    case "yubikey":
      return <YubiKeyDialog detail={of} onClose={onClose} />;
    case "duo":
      return <DuoDialog detail={of} onClose={onClose} />;
    case "recovery":
      return <RecoveryDialog code={of.code} onClose={onClose} />;
  }
}

function columns(t: Translate, on: Method[], onOpen: (method: Method) => void): [Column<Method>, ...Column<Method>[]] {
  return [
    {
      id: "name",
      heading: t("secondStep.method"),
      cell: (method) => (
        <span className={styles.method}>
          {t(`secondStep.${method}`)}
          <span className={styles.soft}>{t(`secondStep.${method}Lead`)}</span>
        </span>
      ),
    },
    {
      id: "state",
      heading: t("secondStep.state"),
      cell: (method) =>
        on.includes(method) ? <State tone="good">{t("state.on")}</State> : <State tone="info">{t("state.off")}</State>,
    },
    {
      id: "action",
      heading: t("devices.action"),
      cell: (method) => (
        <span className={styles.action}>
          <Button onClick={() => onOpen(method)}>
            {t(on.includes(method) ? "secondStep.manage" : "secondStep.setUp")}{" "}
            <Hidden>{t(`secondStep.${method}`)}</Hidden>
          </Button>
        </span>
      ),
    },
  ];
}
