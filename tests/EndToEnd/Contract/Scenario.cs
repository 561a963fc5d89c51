namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>A caller in some relation to the subjects that a line names, and the ids of these subjects.</summary>
internal sealed class Scenario
{
    /// <summary>An id that no user, room, request or session has.</summary>
    public const string UnknownId = "999999999";

    /// <summary>The same for messages.</summary>
    public const string UnknownMessageId = "00000000-0000-7000-8000-000000000000";

    private readonly Dictionary<string, string> _things = [];

    public Scenario(User caller)
    {
        Caller = caller;
        this["me"] = $"{caller.Id}";
        this["email"] = caller.Account.Email;
        this["password"] = caller.Password;
        this["refresh_token"] = caller.Tokens.RefreshToken;
        this["new"] = User.NewName();
    }

    public User Caller { get; }

    /// <summary>Text that the caller may read only with access.</summary>
    public string Secret { get; } = $"secret-{Guid.NewGuid():N}";

    public string this[string name]
    {
        get => _things[name];
        set => _things[name] = value;
    }

    /// <summary>The text with the names in braces replaced.</summary>
    public string Fill(string text) =>
        _things.Aggregate(text, (filled, thing) => filled.Replace($"{{{thing.Key}}}", thing.Value, StringComparison.Ordinal));

    /// <summary>The request of a line in this scenario.</summary>
    /// <param name="prefix">Before the path.</param>
    public RawRequest Request(Line line, string prefix = "") => new(line.Method, prefix + Fill(line.Target))
    {
        Bearer = Caller.Tokens.AccessToken,
        ContentType = line.Body is null ? null : "application/json",
        Body = line.Body is null ? null : System.Text.Encoding.UTF8.GetBytes(Fill(line.Body)),
    };
}
