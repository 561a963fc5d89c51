namespace BigTech.Tests.EndToEnd;

/// <summary>A registered and signed-in user, with the common calls of a chat client.</summary>
public sealed class User
{
    private User(ApiClient anonymous, Account account, string password, Tokens tokens)
    {
        Anonymous = anonymous;
        Account = account;
        Password = password;
        Tokens = tokens;
        Api = anonymous.With(tokens.AccessToken);
    }

    public ApiClient Anonymous { get; }

    /// <summary>The caller with this session's access token.</summary>
    public ApiClient Api { get; }

    public Account Account { get; }

    public string Password { get; }

    public Tokens Tokens { get; }

    public long Id => Account.Id;

    /// <summary>Registers and signs in with a unique name.</summary>
    public static async Task<User> SignUp(ApiClient anonymous, string? displayName = null)
    {
        var name = NewName();
        var password = $"horse-battery-{name}-7";
        var registration = new { email = $"{name}@example.org", username = name, password, display_name = displayName };
        var account = (await anonymous.Post("/auth/register", registration)).As<Account>(201);
        return await SignIn(anonymous, account, password);
    }

    /// <summary>A unique name.</summary>
    public static string NewName() => $"u{Guid.NewGuid():N}"[..20];

    /// <summary>Another session of the same user.</summary>
    public Task<User> SignInAgain() => SignIn(Anonymous, Account, Password);

    /// <summary>The same session after its tokens were renewed.</summary>
    public User With(Tokens tokens) => new(Anonymous, Account, Password, tokens);

    /// <summary>The 1:1 room with another user.</summary>
    public async Task<Room> RoomWith(User other) => (await Api.Get($"/chat-rooms/check/{other.Id}")).As<Room>();

    public async Task<Room> CreateGroup(string name, params User[] others) =>
        (await Api.Post("/chat-rooms", new { name, participant_ids = others.Select(other => other.Id) })).As<Room>(201);

    public async Task<Room> GiveRole(long room, User member, string role) =>
        (await Api.Put($"/chat-rooms/{room}/members/{member.Id}", new { role })).As<Room>();

    public async Task<InviteLink> NewInviteLink(long room, long? maxUses = null, long? expiresInHours = null) =>
        (await Api.Post($"/chat-rooms/{room}/invite-links",
            new { max_uses = maxUses, expires_in_hours = expiresInHours })).As<InviteLink>(201);

    public Task<Answer> Revoke(InviteLink link) => Api.Delete($"/chat-rooms/{link.RoomId}/invite-links/{link.Id}");

    public Task<Answer> Join(InviteLink link) => Api.Post($"/invite-links/{link.Code}/join");

    public async Task<Room> GetRoom(long room) => (await Api.Get($"/chat-rooms/{room}")).As<Room>();

    /// <summary>Sends a new message, which must be accepted.</summary>
    public async Task<Message> Send(long room, string content) => (await TrySend(room, content)).As<Message>(201);

    public Task<Answer> TrySend(long room, string content, string? clientMessageId = null) =>
        Api.Post($"/messages/{room}", new { content, message_type = "text", client_message_id = clientMessageId });

    /// <summary>Sends many messages over several connections at once, all of which must be accepted.</summary>
    public async Task SendMany(long room, int count, Func<int, string> content, int connections = 16)
    {
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = connections,
            CancellationToken = TestContext.Current.CancellationToken,
        };
        await Parallel.ForAsync(0, count, options, async (index, _) => await Send(room, content(index)));
    }

    public async Task<Message> Edit(Message message, string content) =>
        (await Api.Patch($"/messages/{message.Id}", new { content })).As<Message>();

    public async Task<Message> Delete(Message message) => (await Api.Delete($"/messages/{message.Id}")).As<Message>();

    public Task<Answer> React(Message message, string emoji) => Api.Post($"/messages/{message.Id}/reactions", new { emoji });

    public Task<Answer> TakeBack(Message message, string emoji) =>
        Api.Send(HttpMethod.Delete, $"/messages/{message.Id}/reactions", new { emoji });

    public Task<Answer> Pin(Message message) => Api.Post($"/messages/{message.Id}/pin");

    public Task<Answer> Unpin(Message message) => Api.Delete($"/messages/{message.Id}/pin");

    public async Task<PinsOfRoom> Pins(long room) => (await Api.Get($"/chat-rooms/{room}/pins")).As<PinsOfRoom>();

    public async Task<ReadPosition> Read(Message upTo) =>
        (await Api.Post("/messages/read", new { room_id = upTo.RoomId, up_to_message_id = upTo.Id })).As<ReadPosition>();

    public async Task<long> UnreadIn(long room) => (await Api.Get($"/messages/room/{room}/unread-count")).As<Unread>().UnreadCount;

    /// <summary>Types until each of these streams shows it: clients repeat the signal too, because it may get lost.</summary>
    public async Task Type(long room, params SseClient[] seenBy)
    {
        foreach (var stream in seenBy)
        {
            await Eventually.Holds(
                async () =>
                {
                    (await Api.Post($"/chat-rooms/{room}/typing")).ShouldBe(204);
                    return await stream.Shows(
                        e => e.Type == "typing" && e.As<TypingSign>() is { IsTyping: true } sign && sign.UserId == Id);
                },
                $"{Account.Username} types");
        }
    }

    /// <param name="query">Such as <c>limit=10&amp;before=5</c>.</param>
    public async Task<History> History(long room, string query = "limit=100") => (await Api.Get($"/messages/{room}?{query}")).As<History>();

    /// <summary>The whole history, oldest first, read page by page.</summary>
    public async Task<List<Message>> WholeHistory(long room)
    {
        var all = new List<Message>();
        var page = await History(room);
        all.AddRange(page.Messages);
        while (page.HasMore)
        {
            page = await History(room, $"limit=100&before={all[^1].Seq}");
            page.Messages.ShouldNotBeEmpty();
            all.AddRange(page.Messages);
        }
        all.Reverse();
        return all;
    }

    /// <summary>Opens the live stream of one room.</summary>
    public Task<SseClient> Stream(
        long room, string? lastEventId = null, bool smallWindow = false, int pauseAfter = int.MaxValue) =>
        SseClient.Open(Api.Url($"/messages/stream/{room}"), Tokens.AccessToken, lastEventId, smallWindow, pauseAfter);

    /// <summary>Opens the live stream of all rooms.</summary>
    public Task<SseClient> StreamOfAllRooms(
        string? lastEventId = null, bool smallWindow = false, int pauseAfter = int.MaxValue) =>
        SseClient.Open(Api.Url("/messages/stream"), Tokens.AccessToken, lastEventId, smallWindow, pauseAfter);

    /// <summary>Whether this session's access token still works.</summary>
    public async Task<bool> IsSignedIn() => (await Api.Get("/profile/me")).ShouldBe(200, 401).Status == 200;

    private static async Task<User> SignIn(ApiClient anonymous, Account account, string password)
    {
        var tokens = (await anonymous.Post("/auth/login", new { email = account.Email, password })).As<Tokens>();
        return new User(anonymous, account, password, tokens);
    }
}
