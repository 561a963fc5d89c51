namespace BigTech.Users.Domain;

/// <summary>The names of privacy settings in requests, events and the store.</summary>
internal static class PrivacyWireNames
{
    public static string NameOf(Audience audience) => audience switch
    {
        Audience.Everyone => "everyone",
        Audience.Friends => "friends",
        _ => throw new ArgumentOutOfRangeException(nameof(audience)),
    };

    /// <summary>Null for an unknown name.</summary>
    public static Audience? AudienceOf(string name) => name switch
    {
        "everyone" => Audience.Everyone,
        "friends" => Audience.Friends,
        _ => null,
    };
}
