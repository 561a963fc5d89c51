using System.Security.Cryptography;

namespace BigTech.Platform.Auth;

/// <summary>The public keys that access tokens may be signed with: the User context's own, or its JWKS elsewhere.</summary>
public interface IVerificationKeys
{
    /// <summary>The key of an id; null when it is unknown or retired.</summary>
    ECDsa? Find(string keyId);
}

/// <summary>One-use tickets that stand in for a bearer token where a client cannot set headers.</summary>
public interface IStreamTickets
{
    /// <summary>A ticket for the caller, good for one redemption within <see cref="Lifetime"/>.</summary>
    string Issue(Caller caller);

    /// <summary>Takes the ticket; null when it is unknown, spent or too old.</summary>
    Caller? Redeem(string ticket);

    static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(30);
}
