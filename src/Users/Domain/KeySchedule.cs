namespace BigTech.Users.Domain;

/// <summary>When a signing key came to be; all else about its life follows from the times of its neighbours.</summary>
internal sealed record KeyAge(string Id, DateTimeOffset CreatedAt);

/// <summary>
/// The life of signing keys. A new key is published for a while before it signs, so that verifiers with an older list of keys have
/// fetched it; a replaced one stays published until the last token that it signed has expired. So nobody is signed out by a change.
/// </summary>
/// <param name="rotation">The age at which the newest key gets a successor.</param>
/// <param name="tokenLifetime">How long a token lives.</param>
internal sealed class KeySchedule(TimeSpan rotation, TimeSpan tokenLifetime)
{
    /// <summary>How long verifiers may keep a list of keys.</summary>
    public static readonly TimeSpan ListLifetime = TimeSpan.FromMinutes(5);

    /// <summary>From publication to first signature, and from last token to removal: room for slow caches and clocks.</summary>
    public static readonly TimeSpan Margin = ListLifetime * 2;

    public bool NeedsSuccessor(IReadOnlyList<KeyAge> keys, DateTimeOffset now) =>
        keys.Count == 0 || now - keys.Max(key => key.CreatedAt) >= rotation;

    /// <summary>The key to sign with: the newest that has been published long enough, or else the oldest there is.</summary>
    public static KeyAge Signer(IReadOnlyList<KeyAge> keys, DateTimeOffset now)
    {
        var oldestFirst = keys.OrderBy(key => key.CreatedAt).ToList();
        return oldestFirst.LastOrDefault(key => key.CreatedAt + Margin <= now) ?? oldestFirst[0];
    }

    /// <summary>The keys that no token in force can carry any more.</summary>
    public IReadOnlyList<KeyAge> Retired(IReadOnlyList<KeyAge> keys, DateTimeOffset now)
    {
        var oldestFirst = keys.OrderBy(key => key.CreatedAt).ToList();
        return oldestFirst
            .Zip(oldestFirst.Skip(1), (key, successor) => (Key: key, LastSignature: successor.CreatedAt + Margin))
            .Where(pair => pair.LastSignature + tokenLifetime + Margin <= now)
            .Select(pair => pair.Key)
            .ToList();
    }
}
