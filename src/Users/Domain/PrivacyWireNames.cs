namespace BigTech.Users.Domain;

/// <summary>The names of privacy settings in requests, events and the store.</summary>
internal static class PrivacyWireNames
{
    public const string Everyone = "everyone";
    public const string Friends = "friends";

    public static string NameOf(Audience audience) => audience switch
    {
        Audience.Everyone => Everyone,
        Audience.Friends => Friends,
        _ => throw new ArgumentOutOfRangeException(nameof(audience)),
    };

    /// <summary>Null for an unknown name.</summary>
    public static Audience? AudienceOf(string name) => name switch
    {
        Everyone => Audience.Everyone,
        Friends => Audience.Friends,
        _ => null,
    };
}
