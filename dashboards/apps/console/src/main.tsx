import { lendNonce } from "@watchkeeper/ui";
import { Button, ConfigProvider } from "antd";
import { createRoot } from "react-dom/client";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <ConfigProvider csp={{ nonce: lendNonce() }} button={{ autoInsertSpace: false }}>
    <Button type="primary">值守 Watchkeeper</Button>
  </ConfigProvider>,
);
