namespace BigTech.Chat.Client;

/// <summary>
/// A client of BigTech Chat for one user. Safe to use from several threads; keep one as long as the user is signed in. Calls throw
/// <see cref="ChatApiException"/> where the server refuses, and <see cref="HttpRequestException"/> where it is not reached.
/// </summary>
/// <example>
/// <code>
/// var chat = new ChatClient(new Uri("http://localhost:8000/api/"));
/// await chat.Account.SignIn("ann@example.com", "correct-horse-9");
/// var room = await chat.Rooms.OpenDirect(bobId);
/// await chat.Messages.Send(room.Id, "Hello!");
/// await foreach (var change in chat.Streams.FollowRoom(room.Id)) Console.WriteLine(change);
/// </code>
/// </example>
public sealed class ChatClient : IDisposable
{
    private readonly HttpClient? _owned;

    /// <summary>A client with connections of its own.</summary>
    /// <param name="address">Where the API is, such as <c>https://chat.example.com/api/</c>.</param>
    /// <param name="options">Other than the defaults.</param>
    public ChatClient(Uri address, ChatClientOptions? options = null)
        : this(NewHttp(address), options) => _owned = Http;

    /// <summary>A client on the connections of the caller, who disposes of them.</summary>
    /// <param name="http">
    /// Its base address is where the API is, with a slash at the end, such as <c>https://chat.example.com/api/</c>.
    /// </param>
    /// <param name="options">Other than the defaults.</param>
    public ChatClient(HttpClient http, ChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.BaseAddress is not { AbsolutePath: [.., '/'] })
            throw new ArgumentException("The base address of the API is needed, with a slash at its end.", nameof(http));
        options ??= new ChatClientOptions();
        Http = http;
        Session = new ChatSession(http, options.Time);
        var api = new ApiConnection(http, Session);
        Account = new AccountApi(api, Session);
        Users = new UsersApi(api);
        Presence = new PresenceApi(api);
        Friends = new FriendsApi(api);
        Rooms = new RoomsApi(api, Session);
        Messages = new MessagesApi(api);
        Notifications = new NotificationsApi(api);
        Streams = new StreamsApi(new StreamReader(api, options), this);
        Time = options.Time;
    }

    /// <summary>The signed-in user and their tokens.</summary>
    public ChatSession Session { get; }

    /// <summary>Registration, sign-in, one's own profile and settings.</summary>
    public AccountApi Account { get; }

    /// <summary>Other users.</summary>
    public UsersApi Users { get; }

    /// <summary>Who is online.</summary>
    public PresenceApi Presence { get; }

    /// <summary>Friends, requests and blocks.</summary>
    public FriendsApi Friends { get; }

    /// <summary>Rooms, their members, links and pins.</summary>
    public RoomsApi Rooms { get; }

    /// <summary>Messages, reactions and read positions.</summary>
    public MessagesApi Messages { get; }

    /// <summary>Notifications and their preferences.</summary>
    public NotificationsApi Notifications { get; }

    /// <summary>Live changes.</summary>
    public StreamsApi Streams { get; }

    internal HttpClient Http { get; }

    internal TimeProvider Time { get; }

    /// <summary>Ends the connections that are its own. The user stays signed in.</summary>
    public void Dispose() => _owned?.Dispose();

    private static HttpClient NewHttp(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var text = address.AbsoluteUri;
        return new HttpClient { BaseAddress = text.EndsWith('/') ? address : new Uri($"{text}/") };
    }
}
