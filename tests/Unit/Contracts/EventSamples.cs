using BigTech.Contracts;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Friends;
using BigTech.Contracts.Json;
using BigTech.Contracts.Notifications;
using BigTech.Contracts.Users;

namespace BigTech.Tests.Unit.Contracts;

/// <summary>One event of every type, with a distinctive value in every field.</summary>
internal static class EventSamples
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<EventSample> All { get; } =
    [
        EventSample.Of(new UserRegistered(42, "minji_kim", "김민지", "/files/p/42.png", Noon)),
        EventSample.Of(new UserProfileUpdated(
            42, "minji_kim", "Minji \"MJ\" Kim", "오늘도 화이팅 💪", null, Noon.AddMicroseconds(123456),
            new UserPrivacy("friends", "everyone", Noon.AddSeconds(-7)))),
        EventSample.Of(new UserOnlineStatusChanged(42, false, Noon.AddSeconds(-5), 1234, Noon)),
        EventSample.Of(new FriendRequestSent(9, 42, 43, "동창이에요 👋", Noon)),
        EventSample.Of(new FriendRequestAccepted(9, 42, 43, Noon.AddSeconds(1))),
        EventSample.Of(new FriendRequestRejected(9, 42, 43, Noon.AddSeconds(2))),
        EventSample.Of(new FriendRequestCancelled(9, 42, 43, Noon.AddSeconds(3))),
        EventSample.Of(new FriendDeleted(9, 43, 42, Noon.AddSeconds(4))),
        EventSample.Of(new UserBlocked(43, 42, Noon.AddSeconds(5))),
        EventSample.Of(new UserUnblocked(43, 42, Noon.AddSeconds(6))),
        EventSample.Of(new ChatRoomCreated(7, "group", "점심 모임", 42, ListOf(42L, 43, 44), Noon)),
        EventSample.Of(new ChatRoomUpdated(7, 11, "저녁 모임", 42, Noon)),
        EventSample.Of(new MemberJoined(7, 12, 45, 42, "member", Noon)),
        EventSample.Of(new MemberLeft(7, 14, 45, 42, Noon.AddSeconds(1))),
        EventSample.Of(new MemberRoleChanged(7, 15, 43, 42, "owner", Noon.AddSeconds(2))),
        EventSample.Of(new MessageSent(7, 3, Message(3))),
        EventSample.Of(new MessageEdited(7, 5,
            Message(5) with { Content = "고쳤어요", IsEdited = true, EditedAt = Noon.AddSeconds(30), UpdatedAt = Noon.AddSeconds(30) })),
        EventSample.Of(new MessageDeleted(7, 6, Message(6) with
        {
            Content = "", Attachment = null, Reactions = ListOf<ReactionView>(), IsDeleted = true, DeletedAt = Noon.AddSeconds(60),
            UpdatedAt = Noon.AddSeconds(60),
        })),
        EventSample.Of(new MessagesRead(7, 4, 43, 2, "019aa65c-8c00-7000-8000-000000000002")),
        EventSample.Of(new ReactionChanged(7, 8, "019aa65c-8c00-7000-8000-000000000002", 2, 43, "👍🏽", "added")),
        EventSample.Of(new NotificationSent(
            "019aa65c-8c00-7000-8000-000000000003", 43, "mention", "김민지 mentioned you in 점심 모임", "@jisoo 몇 시에 볼까? 👋", 42, 7,
            Noon.AddSeconds(1))),
    ];

    private static MessageView Message(long version) => new(
        "019aa65c-8c00-7000-8000-000000000001", 7, 2, version, 42, "minji_kim", "안녕하세요 <b>&amp;</b> \"hi\" 👋\n둘째 줄", "text",
        "019aa65c-8c00-7000-8000-000000000000", new AttachmentView("f1", "메뉴.pdf", "application/pdf", 123_456),
        ListOf(new ReactionView("👍", 2, ListOf(43L, 44))), false, null, false, null, Noon, Noon, 1, 998, "c-1");

    // The same list type as the reader creates, so that events can be compared.
    private static List<T> ListOf<T>(params T[] items) => [.. items];
}

/// <summary>A sample and its conversions to and from bytes.</summary>
internal sealed record EventSample(string WireName, Type Type, object Event, byte[] Json, Func<byte[], object> Read)
{
    public static EventSample Of<TEvent>(TEvent e) where TEvent : IIntegrationEvent =>
        new(TEvent.WireName, typeof(TEvent), e, EventJson.Serialize(e), json => EventJson.Deserialize<TEvent>(json));
}
