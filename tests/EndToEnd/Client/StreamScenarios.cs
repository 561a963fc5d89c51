using System.Net;
using BigTech.Chat.Client;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Client;

/// <summary>Streams of the SDK: they go on through whatever happens to the connection, and end where coming back is pointless.</summary>
[Scenarios]
public sealed class StreamScenarios(SharedServer server) : IDisposable
{
    private readonly TcpProxy _proxy = new(server.Anonymous.Url("/").Port);

    public void Dispose() => _proxy.Dispose();

    [Fact]
    public async Task A_followed_room_brings_each_message_once_while_connections_are_cut()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Send(room, "before");
        using var http = Http();
        var client = await ChatClients.SignIn(bob, http, QuickReturn());
        await using var log = new StreamLog(stop => client.Streams.FollowRoom(room, stop));
        await log.Has<RoomSnapshot>(
            snapshot => snapshot.Page.Messages.Any(message => message.Content == "before") && snapshot.Room.Id == room, "the snapshot");
        await log.Has<StreamReady>(ready => ready.Resumed, "the stream");

        var sent = new List<string>();
        for (var cut = 1; cut <= 5; cut++)
        {
            for (var i = 0; i < 10; i++)
            {
                sent.Add($"{cut}.{i}");
                await ann.Send(room, sent[^1]);
                if (i != 5) continue;
                _proxy.Cut();
                _proxy.Heal();
            }
            await log.Has<StreamInterrupted>(_ => log.All<StreamInterrupted>().Count >= cut, "the stream was cut");
            await Eventually.Holds(() => log.Contents.Count >= sent.Count, "all messages", Patience.Long);
        }

        log.Contents.ShouldBe(sent);
        log.All<RoomSnapshot>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Lost_events_are_replaced_by_a_snapshot()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        using var requests = new RecordingHandler();
        using var http = ChatClients.Http(new Uri($"http://{_proxy.Address}"), requests);
        var client = await ChatClients.SignIn(bob, http, QuickReturn());
        await using var log = new StreamLog(stop => client.Streams.FollowRoom(room, stop));
        await log.Has<StreamReady>(_ => true, "the stream");
        requests.Prepare = request =>
        {
            if (request.Headers.Remove("Last-Event-ID")) request.Headers.TryAddWithoutValidation("Last-Event-ID", "unknown");
        };
        await ann.Send(room, "missed");

        _proxy.Cut();
        _proxy.Heal();

        await log.Has<RoomSnapshot>(
            snapshot => snapshot.Page.Messages.Any(message => message.Content == "missed"), "a second snapshot");
        await ann.Send(room, "after");
        await Eventually.Holds(() => log.Contents.Contains("after"), "the next message", Patience.Long);
        log.All<StreamReset>().ShouldBeEmpty("the snapshot is what the reader gets");
    }

    [Fact]
    public async Task All_rooms_are_followed_also_those_that_are_new()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        using var http = Http();
        var client = await ChatClients.SignIn(bob, http, QuickReturn());
        await using var log = new StreamLog(client.Streams.FollowAllRooms);
        await log.Has<RoomListSnapshot>(snapshot => snapshot.Rooms.Select(one => one.Id).Contains(room), "the snapshot");

        var group = await ann.CreateGroup("new", bob);
        await log.Has<RoomChanged>(change => change.RoomId == group.Id && change.Room.Name == "new", "the new room");
        await ann.Send(group.Id, "in the group");
        await ann.Send(room, "to bob");

        await Eventually.Holds(() => log.Contents.Count == 2, "both messages", Patience.Long);
        log.Contents.ShouldBe(["in the group", "to bob"], ignoreOrder: true);
    }

    [Fact]
    public async Task Notifications_friends_and_their_presence_are_followed()
    {
        var (ann, bob) = (await server.NewUser(), await server.NewUser());
        using var http = Http();
        var client = await ChatClients.SignIn(bob, http, QuickReturn());
        await using var notifications = new StreamLog(client.Streams.FollowNotifications);
        await using var friends = new StreamLog(client.Streams.FollowFriends);
        await using var presence = new StreamLog(client.Streams.FollowPresence);
        foreach (var log in new[] { notifications, friends, presence }) await log.Has<StreamReady>(_ => true, "the stream");
        notifications.Events[0].ShouldBeOfType<NotificationSnapshot>();
        friends.Events[0].ShouldBeOfType<FriendSnapshot>();
        presence.Events[0].ShouldBeOfType<PresenceSnapshot>();

        await ann.Api.Post("/friends/request", new { target_user_id = bob.Id });

        await friends.Has<FriendChanged>(change => change.Friendship.User.UserId == ann.Id, "the request");
        await notifications.Has<NotificationChanged>(
            change => change is { IsNew: true, UnreadCount: 1, Notification.Kind: NotificationKinds.FriendRequest }, "the notification");
        await client.Friends.Accept(friends.All<FriendChanged>()[0].Friendship.Id);
        await ann.Api.Post("/online-status/heartbeat");
        await presence.Has<PresenceChanged>(change => change.UserId == ann.Id && change.IsOnline == true, "the friend is online");
    }

    [Fact]
    public async Task A_stream_ends_with_the_removal_from_its_room()
    {
        var (ann, bob) = (await server.NewUser(), await server.NewUser());
        var room = (await ann.CreateGroup("short", bob)).Id;
        using var http = Http();
        var client = await ChatClients.SignIn(bob, http);
        await using var log = new StreamLog(stop => client.Streams.FollowRoom(room, stop));
        await log.Has<StreamReady>(_ => true, "the stream");

        (await ann.Api.Delete($"/chat-rooms/{room}/members/{bob.Id}")).ShouldBe(204);

        await Eventually.Ends(log.Reading, "the stream ends");
        log.Events[^1].ShouldBeOfType<MemberChanged>().UserId.ShouldBe(bob.Id);
        var again = new StreamLog(stop => client.Streams.Room(room, ct: stop));
        (await Should.ThrowAsync<ChatApiException>(again.Reading)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_stream_ends_with_the_session()
    {
        var (_, bob, room) = await server.TwoInARoom();
        using var http = Http();
        var client = await ChatClients.SignIn(bob, http, QuickReturn());
        await using var log = new StreamLog(stop => client.Streams.FollowRoom(room, stop));
        await log.Has<StreamReady>(_ => true, "the stream");

        await bob.Api.Post("/auth/logout-all");

        await Eventually.Holds(() => log.Reading.IsCompleted, "the stream ends", Patience.Long);
        (await Should.ThrowAsync<ChatApiException>(log.Reading)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_silent_connection_is_replaced()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var time = new ManualTime();
        time.SetUtcNow(DateTimeOffset.UtcNow);
        using var http = Http();
        var client = await ChatClients.SignIn(bob, http, new ChatClientOptions { Time = time });
        await using var log = new StreamLog(stop => client.Streams.FollowRoom(room, stop));
        await log.Has<StreamReady>(_ => true, "the stream");
        _proxy.Hold();
        await ann.Send(room, "unheard");

        await Eventually.Holds(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(10));
                return log.All<StreamInterrupted>().Any(interruption => interruption.Error is TimeoutException);
            },
            "the silence is noticed",
            Patience.Long);
        _proxy.Heal();

        await Eventually.Holds(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return log.Contents.Contains("unheard");
            },
            "the message after the silence",
            Patience.Long);
        log.Contents.ShouldBe(["unheard"]);
    }

    private static ChatClientOptions QuickReturn() => new() { MaxReconnectDelay = TimeSpan.FromMilliseconds(50) };

    private HttpClient Http() => ChatClients.Http(new Uri($"http://{_proxy.Address}"));
}
