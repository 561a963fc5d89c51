using BigTech.Users.Domain;

namespace BigTech.Users.Features;

/// <summary>Reads the fields of a profile in a request.</summary>
internal static class ProfileFields
{
    public static DisplayName? ReadName(string? text, ValidationErrors errors) =>
        text is not null && errors.Check(!TextValidation.IsBlank(text), "display_name", "Must not be blank.")
            ? errors.Take("display_name", DisplayName.Parse(text))
            : null;

    public static StatusMessage? ReadStatus(string? text, ValidationErrors errors) =>
        TextValidation.IsBlank(text) ? null : errors.Take("status_message", StatusMessage.Parse(text));
}
