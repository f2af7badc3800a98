import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { Button } from "../../kit/button.tsx";
import { useText } from "../../text/t.ts";

/** Asks the server again for what a list shows. */
export function Refresh({ name }: { name: string }) {
  const t = useText();
  const queries = useQueryClient();
  const isBusy = useIsFetching({ queryKey: [name] }) > 0;
  return (
    <Button onClick={() => queries.invalidateQueries({ queryKey: [name] })} busy={isBusy}>
      {t("operator.refresh")}
    </Button>
  );
}
