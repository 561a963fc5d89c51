using System.Net;
using System.Text.RegularExpressions;
using BigTech.Chat.Client;
using BigTech.Tests.Testing.Mail;

namespace BigTech.Tests.EndToEnd.Client;

/// <summary>The typed calls of the SDK, against the real server.</summary>
[Scenarios]
public sealed class ApiScenarios(SharedServer server) : IDisposable
{
    /// <summary>Second names of operations that have a call, and what is not for clients.</summary>
    private static readonly string[] NotCalled =
    [
        "POST /messages", "GET /messages", "PUT /messages/{id}", "GET /friends/list", "POST /friends/accept", "POST /friends/reject",
        "PUT /friends/status/{requester_user_id}", "POST /auth/login", "GET /users", "PUT /profile/me", "GET /profile", "PATCH /profile",
        "PUT /profile", "POST /auth/stream-ticket", "GET /.well-known/jwks.json", "GET /health", "GET /health/ready", "GET /health/live",
    ];

    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    private readonly RecordingHandler _requests = new();
    private readonly List<HttpClient> _https = [];

    public void Dispose()
    {
        foreach (var http in _https) http.Dispose();
        _requests.Dispose();
    }

    [Fact]
    public async Task Every_operation_of_the_description_has_a_call_that_works()
    {
        var ann = await Register();
        var bob = await Register();
        var cid = await Register();

        await CallUsers(ann, bob);
        await CallFriends(ann, bob, cid);
        await CallRoomsAndMessages(ann, bob, cid);
        await CallNotifications(bob, cid);
        await OpenStreams(ann, bob);
        await CallAccount(ann);

        var called = _requests.Seen.Distinct().ToList();
        var missing = (await Operations())
            .Where(operation => !called.Exists(request => request.Method == operation.Method && operation.Path.IsMatch(request.Path)))
            .Select(operation => operation.Name);
        missing.ShouldBe(NotCalled, ignoreOrder: true);
    }

    [Fact]
    public async Task A_refusal_says_what_is_wrong()
    {
        var ann = await Register();

        var unknown = await Should.ThrowAsync<ChatApiException>(ann.Users.Get(long.MaxValue));
        unknown.Status.ShouldBe(HttpStatusCode.NotFound);
        unknown.Code.ShouldBe("user_not_found");
        unknown.TraceId.ShouldNotBeNullOrEmpty();
        unknown.IsTransient.ShouldBeFalse();

        var invalid = await Should.ThrowAsync<ChatApiException>(ann.Account.Register(new Registration("x", "y", "z")));
        invalid.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        invalid.Errors.Keys.ShouldBe(["email", "username", "password"], ignoreOrder: true);

        var taken = await Should.ThrowAsync<ChatApiException>(ann.Account.Register(
            new Registration((await ann.Account.GetProfile()).Email!, User.NewName(), "horse-battery-7")));
        taken.Field.ShouldBe("email");
    }

    [Fact]
    public async Task A_message_sent_twice_with_one_client_id_is_one_message()
    {
        var ann = await Register();
        var bob = await Register();
        var room = await ann.Rooms.OpenDirect(bob.Session.UserId);
        var message = new NewMessage("once") { ClientMessageId = Guid.NewGuid().ToString() };

        var first = await ann.Messages.Send(room.Id, message);
        var second = await ann.Messages.Send(room.Id, message);

        second.Id.ShouldBe(first.Id);
        (await bob.Messages.List(room.Id)).Messages.ShouldHaveSingleItem();
    }

    private static async Task CallUsers(ChatClient ann, ChatClient bob)
    {
        var profile = await bob.Account.ChangeProfile(new ProfileChange { StatusMessage = "안녕" });
        (await ann.Users.Get(profile.Id)).StatusMessage.ShouldBe("안녕");
        (await ann.Users.GetMany([profile.Id, long.MaxValue])).ShouldHaveSingleItem().Username.ShouldBe(profile.Username);
        (await ann.Users.Exists(long.MaxValue)).ShouldBeFalse();
        await Eventually.Holds(
            async () => (await ann.Users.Search(profile.Username)).Users.Any(user => user.Id == profile.Id), "the user is found");
        (await bob.Account.ChangePrivacy(new PrivacyChange { FindableByEmail = true })).FindableByEmail.ShouldBeTrue();
        (await bob.Account.GetPrivacy()).WhoMayMessage.ShouldBe(Audience.Everyone);
    }

    private static async Task CallFriends(ChatClient ann, ChatClient bob, ChatClient cid)
    {
        var request = await ann.Friends.Request(bob.Session.UserId, "hello");
        (await bob.Friends.ListPendingRequests()).Requests.ShouldHaveSingleItem().Message.ShouldBe("hello");
        (await ann.Friends.ListRequests()).Sent.ShouldHaveSingleItem().Id.ShouldBe(request.Id);
        (await bob.Friends.Accept(request.Id)).Status.ShouldBe(FriendshipStatus.Accepted);
        (await ann.Friends.List()).Friends.ShouldHaveSingleItem().UserId.ShouldBe(bob.Session.UserId);
        (await ann.Friends.Search(request.User.Username)).TotalCount.ShouldBe(1);

        var rejected = await cid.Friends.Request(ann.Session.UserId);
        (await ann.Friends.Reject(rejected.Id)).Status.ShouldBe(FriendshipStatus.Rejected);
        await cid.Friends.Request(bob.Session.UserId);
        await cid.Friends.CancelRequest(bob.Session.UserId);

        (await bob.Presence.SetInvisible(true)).Invisible.ShouldBe(true);
        await bob.Presence.SetInvisible(false);
        await bob.Presence.SendHeartbeat();
        (await bob.Presence.GetMine()).IsOnline.ShouldBe(true);
        await Eventually.Holds(async () => (await ann.Presence.Get(bob.Session.UserId)).IsOnline == true, "the friend is online");
        (await ann.Presence.GetMany([bob.Session.UserId])).Statuses.ShouldHaveSingleItem().IsOnline.ShouldBe(true);

        (await ann.Friends.Block(cid.Session.UserId)).UserId.ShouldBe(cid.Session.UserId);
        (await ann.Friends.ListBlocked()).Blocked.ShouldHaveSingleItem();
        await ann.Friends.Unblock(cid.Session.UserId);
        await ann.Friends.Remove(bob.Session.UserId);
        (await ann.Friends.List()).TotalCount.ShouldBe(0);
    }

    private static async Task CallRoomsAndMessages(ChatClient ann, ChatClient bob, ChatClient cid)
    {
        (await ann.Rooms.OpenDirect(bob.Session.UserId)).RoomType.ShouldBe(RoomTypes.Direct);
        var room = await ann.Rooms.CreateGroup("holiday", [bob.Session.UserId]);
        room.RoomType.ShouldBe(RoomTypes.Group);
        (await ann.Rooms.Rename(room.Id, "holidays")).Name.ShouldBe("holidays");
        (await ann.Rooms.List()).Rooms.Select(one => one.Id).ShouldContain(room.Id);
        (await ann.Rooms.ChangeRole(room.Id, bob.Session.UserId, MemberRoles.Admin)).Members.Select(member => member.Role)
            .ShouldBe([MemberRoles.Owner, MemberRoles.Admin], ignoreOrder: true);
        var link = await ann.Rooms.CreateInviteLink(room.Id, maxUses: 1);
        (await cid.Rooms.Join(link.Code)).MemberCount.ShouldBe(3);
        var other = await ann.Rooms.CreateInviteLink(room.Id);
        (await ann.Rooms.ListInviteLinks(room.Id)).Select(one => one.Id).ShouldContain(other.Id);
        await ann.Rooms.RevokeInviteLink(room.Id, other.Id);

        var sent = await ann.Messages.Send(room.Id, "hello");
        (await bob.Messages.AddReaction(sent.Id, "👍")).Reactions.ShouldHaveSingleItem().Emoji.ShouldBe("👍");
        (await bob.Messages.RemoveReaction(sent.Id, "👍")).Reactions.ShouldBeEmpty();
        (await ann.Messages.Edit(sent.Id, "hello all")).IsEdited.ShouldBeTrue();
        await ann.Messages.Pin(sent.Id);
        (await bob.Rooms.ListPins(room.Id)).Pins.ShouldHaveSingleItem().Message.Content.ShouldBe("hello all");
        await ann.Messages.Unpin(sent.Id);
        (await bob.Messages.CountUnread(room.Id)).ShouldBe(1);
        (await bob.Messages.MarkRead(room.Id, sent.Id)).UnreadCount.ShouldBe(0);
        (await cid.Messages.MarkAllRead(room.Id)).UnreadCount.ShouldBe(0);
        (await bob.Messages.List(room.Id, limit: 1, around: sent.Id)).Messages.ShouldHaveSingleItem().Id.ShouldBe(sent.Id);
        await bob.Rooms.ShowTyping(room.Id);
        (await ann.Messages.Delete(sent.Id)).IsDeleted.ShouldBeTrue();

        await cid.Rooms.Leave(room.Id);
        await ann.Rooms.AddMembers(room.Id, [cid.Session.UserId]);
        await ann.Rooms.RemoveMember(room.Id, cid.Session.UserId);
        (await ann.Rooms.Get(room.Id)).MemberCount.ShouldBe(2);
        await ann.Rooms.Delete(room.Id);
    }

    private static async Task CallNotifications(ChatClient bob, ChatClient cid)
    {
        // A new one: what happens in rooms may still read or remove those of before.
        var request = await cid.Friends.Request(bob.Session.UserId);
        string? id = null;
        await Eventually.Holds(
            async () =>
            {
                var unread = (await bob.Notifications.List(unread: true)).Notifications;
                id = unread.FirstOrDefault(one => one.FriendshipId == request.Id)?.Id;
                return id is not null;
            },
            "the notification of the request");
        (await bob.Notifications.MarkRead([id!])).ReadCount.ShouldBe(1);
        await Eventually.Holds(
            async () => await bob.Notifications.CountUnread() == (await bob.Notifications.List()).UnreadCount, "the counts agree");
        await bob.Notifications.MarkAllRead();

        var quiet = new QuietHours("22:30", "07:00", "Asia/Seoul");
        (await bob.Notifications.ChangePreferences(new NotificationPreferenceChange { QuietHours = quiet })).QuietHours.ShouldBe(quiet);
        (await bob.Notifications.ChangePreferences(
            new NotificationPreferenceChange { Kinds = new Dictionary<string, bool> { ["system"] = false } })).QuietHours.ShouldBe(quiet);
        (await bob.Notifications.ChangePreferences(new NotificationPreferenceChange { EndQuietHours = true })).QuietHours.ShouldBeNull();
        (await bob.Notifications.GetPreferences()).Kinds["system"].ShouldBeFalse();
    }

    private static async Task OpenStreams(ChatClient ann, ChatClient bob)
    {
        var room = await ann.Rooms.CreateGroup("streams", [bob.Session.UserId]);
        Func<CancellationToken, IAsyncEnumerable<StreamEvent>>[] streams =
        [
            stop => ann.Streams.Room(room.Id, ct: stop), stop => ann.Streams.AllRooms(ct: stop),
            stop => ann.Streams.Presence(ct: stop), stop => ann.Streams.Friends(ct: stop), stop => ann.Streams.Notifications(ct: stop),
        ];
        foreach (var open in streams)
        {
            await using var log = new StreamLog(open);
            await log.Has<StreamReady>(ready => !ready.Resumed, "the stream has begun");
        }
    }

    private async Task CallAccount(ChatClient ann)
    {
        var email = (await ann.Account.GetProfile()).Email!;
        await ann.Account.VerifyEmail((await server.Mail(email, "Verify your e-mail address")).Code());
        (await ann.Account.GetProfile()).EmailVerified.ShouldBe(true);
        await ann.Account.ResendVerification(email);
        var other = $"{User.NewName()}@example.org";
        await ann.Account.ChangeEmail(other, PasswordOf(email));
        await ann.Account.VerifyEmail((await server.Mail(other, "Verify your e-mail address")).Code());
        (await ann.Account.GetProfile()).Email.ShouldBe(other);
        await ann.Account.ForgotPassword(other);
        await ann.Account.ResetPassword((await server.Mail(other, "Reset your password")).Code(), PasswordOf(other));
        email = other;
        await ann.Account.SignIn(email, PasswordOf(email));
        await ann.Account.ChangePassword(PasswordOf(email), "another-horse-8");
        await ann.Account.OpenBrowserSession();
        await ann.Account.CloseBrowserSession();
        using var http = ChatClients.Http(server.Anonymous.Url("/"));
        var phone = new ChatClient(http);
        await phone.Account.SignIn(email, "another-horse-8");
        var sessions = await ann.Account.ListSessions();
        await ann.Account.EndSession(sessions.Sessions.Single(session => !session.Current).Id);
        ann.Session.Restore(ann.Session.Current! with { ExpiresAt = DateTimeOffset.MinValue });
        await ann.Account.GetProfile();
        await ann.Account.SignOutEverywhere();
        ann.Session.Current.ShouldBeNull();
        await ann.Account.SignIn(email, "another-horse-8");
        await ann.Account.SignOut();
        (await Should.ThrowAsync<ChatApiException>(ann.Account.GetProfile())).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<ChatClient> Register()
    {
        var http = ChatClients.Http(server.Anonymous.Url("/"), _requests);
        _https.Add(http);
        var client = new ChatClient(http);
        var name = User.NewName();
        var email = $"{name}@example.org";
        (await client.Account.Register(new Registration(email, name, PasswordOf(email), "Display"))).ShouldNotBeNull()
            .EmailVerified.ShouldBe(false);
        await client.Account.SignIn(email, PasswordOf(email));
        return client;
    }

    private static string PasswordOf(string email) => $"horse-battery-{email[..8]}-7";

    private async Task<List<(string Name, string Method, Regex Path)>> Operations()
    {
        var description = (await server.Anonymous.Get("/openapi.json")).ShouldBe(200).Json;
        return [.. from path in description.GetProperty("paths").EnumerateObject()
                   from operation in path.Value.EnumerateObject().Where(entry => Methods.Contains(entry.Name))
                   let method = operation.Name.ToUpperInvariant()
                   select ($"{method} {path.Name}", method, Template(path.Name))];
    }

    /// <summary>Ids begin with a digit, so that the name of another path is none.</summary>
    private static Regex Template(string path)
    {
        var segments = path.Split('/').Select(segment => segment switch
        {
            "{code}" => "[^/]+",
            ['{', ..] => @"\d[^/]*",
            _ => Regex.Escape(segment),
        });
        return new Regex($"^{string.Join('/', segments)}$", RegexOptions.None, TimeSpan.FromSeconds(1));
    }
}
