using BigTech.Chat.Client;
using BigTech.WebClient.State;

namespace BigTech.Tests.Unit.WebClient;

/// <summary>What the server writes in English is shown in the user's language, and what is not known as it is.</summary>
public sealed class ServerTextsTests
{
    private static readonly Texts Korean = Texts.In(Texts.Korean);

    [Theory]
    [InlineData("ann added bob, carol", "ann님이 bob, carol님을 초대했습니다")]
    [InlineData("ann joined by a link", "ann님이 링크로 들어왔습니다")]
    [InlineData("ann left", "ann님이 나갔습니다")]
    [InlineData("ann removed bob", "ann님이 bob님을 내보냈습니다")]
    [InlineData("ann pinned a message", "ann님이 메시지를 고정했습니다")]
    [InlineData("ann named the group Bob left", "ann님이 대화방 이름을 Bob left(으)로 바꿨습니다")]
    [InlineData("ann made bob an admin", "ann님이 bob님을 관리자로 정했습니다")]
    [InlineData("민지 made bob the owner", "민지님이 bob님을 방장으로 정했습니다")]
    [InlineData("something new happened here", "something new happened here")]
    public void A_system_message_is_translated(string line, string translated) =>
        Korean.SystemMessage(line).ShouldBe(translated);

    [Theory]
    [InlineData("You were removed from Hikers", "Hikers에서 내보내졌습니다")]
    [InlineData("Hikers was deleted", "Hikers 대화방이 삭제되었습니다")]
    [InlineData("Your role in Hikers is now admin", "Hikers의 관리자가 되었습니다")]
    [InlineData("The server moves tonight", "The server moves tonight")]
    public void A_notice_is_translated(string title, string translated) =>
        Korean.TitleOf(new Notification { Kind = NotificationKinds.System, Title = title }, null).ShouldBe(translated);

    [Fact]
    public void A_title_is_made_of_what_it_is_about()
    {
        var hikers = new Room { Name = "Hikers" };
        Korean.TitleOf(By(NotificationKinds.FriendRequest), null).ShouldBe("Ann님이 친구 요청을 보냈습니다");
        Korean.TitleOf(By(NotificationKinds.Mention), new Room()).ShouldBe("Ann님이 회원님을 언급했습니다");
        Korean.TitleOf(By(NotificationKinds.Mention), hikers).ShouldBe("Ann님이 Hikers에서 회원님을 언급했습니다");
        Korean.TitleOf(By(NotificationKinds.GroupInvite) with { Count = 3 }, hikers).ShouldBe("Ann님이 Hikers 외 2개 대화방에 초대했습니다");
        Korean.TitleOf(By(NotificationKinds.GroupInvite), null).ShouldBe("Ann님이 대화방에 초대했습니다", "the room is not known here any more");
        Korean.TitleOf(By(NotificationKinds.Message), hikers).ShouldBe("as the server says");
    }

    private static Notification By(string kind) =>
        new() { Kind = kind, Title = "as the server says", Count = 1, Actor = new NotificationActor { UserId = 2, DisplayName = "Ann" } };
}
