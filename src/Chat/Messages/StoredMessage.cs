namespace BigTech.Chat.Messages;

/// <summary>A message as its row, for readers who pass it on unchanged.</summary>
/// <param name="ClientMessageId">UTF-8.</param>
/// <param name="Body">JSON: the message without its readers' counts and its client id (see <see cref="MessageJson"/>).</param>
internal sealed record StoredMessage(long Seq, long UserId, byte[]? ClientMessageId, byte[] Body);
