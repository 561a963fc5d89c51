using BigTech.Users.Domain;

namespace BigTech.Users.Features;

/// <summary>Who may reach the caller.</summary>
/// <param name="WhoMayMessage"><c>everyone</c> or <c>friends</c>; so is <paramref name="WhoMayAddToGroups"/>.</param>
/// <param name="FindableByEmail">Whether a search for the whole e-mail address finds them.</param>
internal sealed record PrivacyView(string WhoMayMessage, string WhoMayAddToGroups, bool FindableByEmail)
{
    public static PrivacyView From(Privacy privacy) => new(
        PrivacyWireNames.NameOf(privacy.WhoMayMessage), PrivacyWireNames.NameOf(privacy.WhoMayAddToGroups), privacy.FindableByEmail);
}
