import { words } from "@watchkeeper/ui";

export const table = words(
  {
    product: "值守",
    title: "登录",
    name: "姓名",
    password: "密码",
    enter: "登录",
    elsewhere: "用单位账号登录",
    noticeFire: "火灾报警以认证的火灾报警控制器为准",
    language: "English",
  },
  {
    product: "Watchkeeper",
    title: "Sign in",
    name: "Name",
    password: "Password",
    enter: "Sign in",
    elsewhere: "Sign in with your organisation",
    noticeFire: "For fire, the certified fire panel is the authority",
    language: "中文",
  },
);
