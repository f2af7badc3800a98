import { useEffect, useState } from "react";
import { go, useHashQuery } from "../../address.ts";
import { call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Gate } from "../../kit/gate.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useAction } from "../../kit/use-action.ts";
import { desk } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { enter } from "../../vault/operator.ts";
import { Banners } from "../parts/banners.tsx";
import { GateFooter } from "../parts/gate-footer.tsx";
import { Problem } from "../parts/problem.tsx";
import styles from "./gate.module.css";

/** The door of the operator page: a link opens it. */
export function OperatorGate({ isOver }: { isOver: boolean }) {
  const t = useText();
  const { isOpening, failure } = useLink();
  return (
    <Gate
      name={t("app.name")}
      title={t("operator.title")}
      lead={t("operator.lead", { host: location.host })}
      banners={<Banners />}
      footer={<GateFooter />}
    >
      {isOpening ? (
        <p role="status">{t("operator.opening")}</p>
      ) : (
        <>
          {isOver && failure === undefined && <Notice tone="wait">{t("operator.over")}</Notice>}
          <Problem of={failure} />
          <WaysIn />
        </>
      )}
    </Gate>
  );
}

/** Takes the link of the address, which it leaves at once: what opens the page stays in no history. */
function useLink(): { isOpening: boolean; failure: unknown } {
  const link = new URLSearchParams(useHashQuery()).get("token");
  const [taken, setTaken] = useState<string>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    if (!link) return;
    setTaken(link);
    setFailure(undefined);
    go(desk, { replace: true });
    enter(link).catch((error) => {
      setFailure(error);
      setTaken(undefined);
    });
  }, [link]);
  return { isOpening: taken !== undefined || link !== null, failure };
}

function WaysIn() {
  const t = useText();
  const [isMailed, setMailed] = useState<boolean>();
  const [failure, setFailure] = useState<unknown>();
  const look = () => {
    setFailure(undefined);
    call("GET /admin/api/access", { anonymous: true }).then(({ mail }) => setMailed(mail), setFailure);
  };
  useEffect(look, []);
  if (failure !== undefined) {
    return (
      <>
        <Problem of={failure} />
        <Button onClick={look}>{t("operator.retry")}</Button>
      </>
    );
  }
  if (isMailed === undefined) return <Skeleton />;
  return (
    <>
      {isMailed ? <ByMail /> : <p>{t("operator.noMail")}</p>}
      <div className={styles.console}>
        <p>{t("operator.console")}</p>
        <code>coffre admin link</code>
      </div>
    </>
  );
}

function ByMail() {
  const t = useText();
  const [sentTo, setSentTo] = useState<string>();
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const email = textOf(values, "email");
    await call("POST /admin/api/link", { body: { email }, anonymous: true });
    setSentTo(email);
  });
  if (sentTo) {
    return (
      <>
        <Notice tone="good" title={t("signUp.sentTitle")}>
          {t("operator.sent", { email: sentTo })}
        </Notice>
        <Button onClick={() => setSentTo(undefined)}>{t("signUp.again")}</Button>
      </>
    );
  }
  return (
    <Form onSend={run} label={t("operator.title")}>
      <Field
        label={t("signIn.email")}
        name="email"
        type="email"
        autoComplete="email"
        hint={t("operator.mailHint")}
        required
        autoFocus
      />
      <Problem of={failure} />
      <Button tone="primary" type="submit" wide busy={busy}>
        {t("operator.send")}
      </Button>
    </Form>
  );
}
