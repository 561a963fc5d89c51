using System.ComponentModel.DataAnnotations;
using BigTech.Users.Domain;

namespace BigTech.Users.Features;

/// <summary>Who may reach the caller.</summary>
/// <param name="WhoMayMessage">Who may begin a 1:1 room with the caller.</param>
/// <param name="WhoMayAddToGroups">Who may add the caller to groups.</param>
/// <param name="FindableByEmail">Whether a search for the whole e-mail address finds the caller.</param>
internal sealed record PrivacyView(
    [property: AllowedValues(PrivacyWireNames.Everyone, PrivacyWireNames.Friends)] string WhoMayMessage,
    [property: AllowedValues(PrivacyWireNames.Everyone, PrivacyWireNames.Friends)] string WhoMayAddToGroups,
    bool FindableByEmail)
{
    public static PrivacyView From(Privacy privacy) => new(
        PrivacyWireNames.NameOf(privacy.WhoMayMessage), PrivacyWireNames.NameOf(privacy.WhoMayAddToGroups), privacy.FindableByEmail);
}
