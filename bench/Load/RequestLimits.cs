namespace BigTech.Load;

/// <summary>The limits of a server that is measured: they count, as in production, and are never reached.</summary>
internal static class RequestLimits
{
    private const string Never = "1000000";

    private static readonly string[] Names =
    [
        "Gateway__AnonymousPerMinute", "Gateway__UserPerMinute", "Chat__SendsPerMinute", "Chat__RoomsPerHour", "Chat__MembersAddedPerHour",
        "Friends__RequestsPerHour", "Friends__SearchesPerMinute", "Users__SearchesPerMinute", "Users__SignUpsPerHour",
        "Users__SignInsPerMinute", "Users__WaitingSignUpsPerNetwork", "Users__WaitingSignInsPerNetwork", "Users__RefreshesPerMinute",
    ];

    public static Dictionary<string, string> NeverReached(params IEnumerable<(string Name, string Value)> more)
    {
        var settings = Names.ToDictionary(name => $"BIGTECH_{name}", _ => Never);
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }
}
