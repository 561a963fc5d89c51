namespace BigTech.Users.Domain;

/// <summary>The creation time of a signing key; the rest of its schedule follows from the creation times of the other keys.</summary>
internal sealed record KeyAge(string Id, DateTimeOffset CreatedAt);

/// <summary>
/// The schedule of signing keys. A new key is published before it signs, so that verifiers with an older key list can fetch it. A replaced
/// key stays published until the last token that it signed has expired. So a rotation signs no user out.
/// </summary>
/// <param name="rotation">The age at which the newest key gets a successor.</param>
/// <param name="tokenLifetime">The lifetime of a token.</param>
internal sealed class KeySchedule(TimeSpan rotation, TimeSpan tokenLifetime)
{
    /// <summary>How long verifiers may cache a list of keys.</summary>
    public static readonly TimeSpan ListLifetime = TimeSpan.FromMinutes(5);

    /// <summary>From publication to first signature, and from last token to removal: allows for slow caches and clock skew.</summary>
    public static readonly TimeSpan Margin = ListLifetime * 2;

    public bool NeedsSuccessor(IReadOnlyList<KeyAge> keys, DateTimeOffset now) =>
        keys.Count == 0 || now - keys.Max(key => key.CreatedAt) >= rotation;

    /// <summary>The signing key: the newest that has been published long enough, otherwise the oldest.</summary>
    public static KeyAge Signer(IReadOnlyList<KeyAge> keys, DateTimeOffset now)
    {
        var oldestFirst = keys.OrderBy(key => key.CreatedAt).ToList();
        return oldestFirst.LastOrDefault(key => key.CreatedAt + Margin <= now) ?? oldestFirst[0];
    }

    /// <summary>The keys that no valid token can refer to any more.</summary>
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
