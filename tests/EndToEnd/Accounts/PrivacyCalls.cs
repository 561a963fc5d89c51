namespace BigTech.Tests.EndToEnd.Accounts;

public sealed record PrivacySettings(string WhoMayMessage, string WhoMayAddToGroups, bool FindableByEmail);

/// <summary>The calls of a client's privacy settings.</summary>
internal static class PrivacyCalls
{
    private const string Path = "/users/me/privacy";

    public static async Task<PrivacySettings> Privacy(this User me) => (await me.Api.Get(Path)).As<PrivacySettings>();

    public static Task<Answer> TrySetPrivacy(this User me, object settings) => me.Api.Put(Path, settings);

    public static async Task<PrivacySettings> SetPrivacy(this User me, object settings) =>
        (await me.TrySetPrivacy(settings)).As<PrivacySettings>();
}
