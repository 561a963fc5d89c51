using System.Security.Cryptography;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>The public keys that may sign access tokens: the User context's own keys, or its JWKS in other processes.</summary>
public interface IVerificationKeys
{
    /// <summary>The key with an id; null when it is unknown or retired.</summary>
    ECDsa? Find(string keyId);
}
