"""Every fixed word on a panel, Chinese and English; a panel shows one language at a time."""

from enum import IntEnum

from contract.board import PauseReason


class Language(IntEnum):
    """Which language a page is in."""

    ZH = 0
    EN = 1


Words = tuple[str, str]
"""The same words in Chinese and in English."""

CALLING: Words = ("请办理", "Your turn")
CALLING_SHORT: Words = ("请办理", "Come in")
SERVING: Words = ("办理中", "Serving")
FREE: Words = ("空闲", "Open")
TAKE_TICKET: Words = ("请取号", "Take a ticket")
PAUSED: Words = ("暂停服务", "Paused")
CLOSED: Words = ("未开放", "Closed")
BACK: Words = ("恢复", "Back")
OPENS: Words = ("开放", "Opens")
DESK: Words = ("窗口", "Desk")
DESK_LABEL: Words = ("号窗口", "Desk")

REASONS: dict[PauseReason, Words] = {
    PauseReason.BREAK: ("短时休息", "Short break"),
    PauseReason.MEAL: ("正在用餐", "Meal break"),
    PauseReason.MEETING: ("正在开会", "Meeting"),
    PauseReason.FAULT: ("设备检修", "Repair"),
}

Notice = tuple[Words, Words]
"""What to know and what to do."""

WAIT: Notice = (("凭号候叫", "Missed your call?"), ("过号请到导办台", "Ask the guide"))
NO_MORE_TICKETS: Notice = (("停止取号", "No new tickets"), ("已取的号照常叫", "Yours is still valid"))
ALL_FULL: Notice = (("今天的号已取完", "No tickets left"), ("明天再来取号", "Come back tomorrow"))
ONE_FULL: Words = ("今天的号已取完", "no tickets left")

IDLE: Words = ("请先取号", "Take a ticket first")
IDLE_SECOND: Words = ("叫到您的号再去窗口", "Go to the desk when called")

STALE: Words = ("叫号屏正在恢复", "Screen is coming back")
STALE_SECOND: Words = ("请听广播，号码仍然有效", "Please listen; tickets stay valid")
STALE_SHORT: Words = ("请听广播", "Please listen")
AS_OF: Words = ("数据截至 {}", "Data as of {}")

STARTING: Words = ("叫号屏正在启动", "Screen is starting")

NIGHT: Words = ("夜间自助服务中", "Night self-service")
NIGHT_SECOND: Words = ("窗口 {} 开始叫号", "Desks open {}")
NIGHT_THIRD: Words = ("已取的号仍然有效", "Tickets stay valid")
TOMORROW: Words = ("明天 {}", "tomorrow {}")
ON_DAY: Words = ("{0}月{1}日 {2}", "{0}/{1} {2}")

EMERGENCY: Words = ("请马上离开大厅", "Leave the hall now")
EMERGENCY_SHORT: Words = ("请马上离开", "Leave now")
EMERGENCY_SECOND: Words = ("跟着绿色出口标志走", "Follow the green exit signs")
EMERGENCY_THIRD: Words = ("听工作人员指挥", "Do as the staff tell you")
