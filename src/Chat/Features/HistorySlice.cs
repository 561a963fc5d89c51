using BigTech.Chat.Messages;

namespace BigTech.Chat.Features;

/// <summary>The messages of a page, and the seq at which the next page begins.</summary>
internal sealed record HistorySlice(List<StoredMessage> Messages, bool HasMore, long? Next);
