namespace BigTech.Users.Domain;

/// <summary>Who may do something with a user.</summary>
internal enum Audience
{
    Everyone,
    Friends,
}

/// <summary>How other users may reach a user. Blocks come before it.</summary>
/// <param name="WhoMayMessage">Who may write to them in a 1:1 room that they have not written in.</param>
/// <param name="WhoMayAddToGroups">Who may make them a member of a group.</param>
/// <param name="FindableByEmail">Whether a search for their whole e-mail address finds them.</param>
/// <param name="ChangedAt">Null for a user who has never changed it.</param>
internal sealed record Privacy(Audience WhoMayMessage, Audience WhoMayAddToGroups, bool FindableByEmail, DateTimeOffset? ChangedAt)
{
    public static Privacy Default { get; } = new(Audience.Everyone, Audience.Everyone, true, null);

    /// <summary>
    /// The settings with another value for each that is given, or the same instance if nothing differs. Consumers keep the later of two
    /// changes, so the second one must not get an earlier time when the clock is set back.
    /// </summary>
    public Privacy With(Audience? whoMayMessage, Audience? whoMayAddToGroups, bool? findableByEmail, DateTimeOffset now)
    {
        var changed = this with
        {
            WhoMayMessage = whoMayMessage ?? WhoMayMessage,
            WhoMayAddToGroups = whoMayAddToGroups ?? WhoMayAddToGroups,
            FindableByEmail = findableByEmail ?? FindableByEmail,
        };
        if (changed == this) return this;
        return changed with { ChangedAt = ChangedAt is { } last && now <= last ? last.AddMicroseconds(1) : now };
    }
}
