import { useQueryClient } from "@tanstack/react-query";
import type { OperatorMailView as Mail } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { State } from "../../kit/state.tsx";
import type { Column } from "../../kit/table.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Translate, useText } from "../../text/t.ts";
import { ask } from "../../vault/operator.ts";
import { Problem } from "../parts/problem.tsx";
import { Actions, Code, Fault, Listing, Named } from "./listing.tsx";
import { Refresh } from "./refresh.tsx";

/** Letters that have not left. */
export function Screen() {
  const t = useText();
  const queries = useQueryClient();
  const { failure, run } = useAction(async ({ id }: Mail) => {
    await ask("POST /admin/api/mails/{id}/retry", { path: { id: id ?? "" } });
    await queries.invalidateQueries({ queryKey: ["mails"] });
    toast(t("operator.retryDone"));
  });
  return (
    <Page title={t("operator.mails")} lead={t("operator.mailsLead")} actions={<Refresh name="mails" />}>
      <Problem of={failure} />
      <Listing
        name="mails"
        label={t("operator.mails")}
        load={(query) => ask("GET /admin/api/mails", { query })}
        columns={columns(t, run)}
        keyOf={({ id }) => id ?? ""}
        empty={{ title: t("operator.mailsNone"), text: t("operator.mailsNoneLead") }}
      />
    </Page>
  );
}

const columns = (t: Translate, onRetry: (one: Mail) => void): [Column<Mail>, ...Column<Mail>[]] => [
  {
    id: "to",
    heading: t("operator.recipient"),
    cell: ({ to, template }) => <Named name={to} more={<Code>{template}</Code>} />,
  },
  { id: "subject", heading: t("operator.subject"), cell: ({ subject }) => subject ?? t("operator.noSubject") },
  {
    id: "created",
    heading: t("operator.created"),
    cell: ({ creationDate }) => <Moment at={creationDate} withTime brief />,
  },
  { id: "attempts", heading: t("operator.attempts"), number: true, cell: ({ attempts }) => attempts },
  {
    id: "state",
    heading: t("operator.state"),
    cell: (one) => <Named name={<Now of={one} />} more={one.error && <Fault>{one.error}</Fault>} />,
  },
  {
    id: "action",
    heading: t("operator.action"),
    number: true,
    cell: (one) =>
      !one.givenUp && (
        <Actions>
          <Button tone="quiet" onClick={() => onRetry(one)} aria-label={t("operator.retryNamed", { name: one.to })}>
            {t("operator.retry")}
          </Button>
        </Actions>
      ),
  },
];

function Now({ of: { givenUp, attempts } }: { of: Mail }) {
  const t = useText();
  if (givenUp) return <State tone="loss">{t("operator.mailGivenUp")}</State>;
  if (attempts > 0) return <State tone="loss">{t("operator.mailFailing")}</State>;
  return <State tone="wait">{t("operator.mailWaiting")}</State>;
}
