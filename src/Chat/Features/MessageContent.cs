using BigTech.Chat.Domain;

namespace BigTech.Chat.Features;

/// <summary>The rules for the content of messages.</summary>
internal static class MessageContent
{
    public static void Check(ValidationErrors errors, string content)
    {
        errors.Check(
            TextValidation.LengthOf(content) <= Message.MaxContentLength, "content",
            $"Must have at most {Message.MaxContentLength} characters.");
        errors.Check(TextValidation.IsClean(content), "content", "Must not contain control characters other than line breaks and tabs.");
    }
}
