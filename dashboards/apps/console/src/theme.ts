/** Greys: a colour means that something is abnormal, and nothing else has one. */
import type { ThemeConfig } from "antd";

const INK = "#1F2429";
const GROUND = "#D6D9DC";
const STEEL = "#3A434C";

export const theme: ThemeConfig = {
  token: {
    colorPrimary: STEEL,
    colorInfo: STEEL,
    colorSuccess: STEEL,
    colorLink: INK,
    colorText: INK,
    colorTextSecondary: "#3F474F",
    colorTextTertiary: "#4A535B",
    colorTextDescription: "#3F474F",
    colorTextPlaceholder: "#5A646D",
    colorBgLayout: GROUND,
    colorBgContainer: "#ECEEF0",
    colorBgElevated: "#F6F7F8",
    colorBorder: "#868E96",
    colorBorderSecondary: "#B4BABF",
    colorError: "#B00020",
    colorWarning: "#8A4B00",
    borderRadius: 3,
    motion: false,
    fontFamily: "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
    fontSize: 14,
  },
};
