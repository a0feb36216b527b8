import ArgumentParser
import MediaPreflight

/// The options for the fields of a message, but for the media that it refers to.
struct MessageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Recipient's phone number with country code.", valueName: "NUMBER"))
  var to: String?

  @Option(help: ArgumentHelp("Caption of an image, a video or a document.", valueName: "TEXT"))
  var caption: String?

  @Option(help: ArgumentHelp("File name that a document is shown with.", valueName: "NAME"))
  var filename: String?

  @Option(help: ArgumentHelp("Meta's ID of the phone number to send from.", valueName: "ID"))
  var phoneNumberId: String?

  @OptionGroup var template: TemplateOptions

  @Option(
    name: .customLong("field"),
    help: ArgumentHelp(
      "Another field of the policy's requests; may be repeated.", valueName: "NAME=VALUE"))
  var fields: [String] = []

  func validate() throws {
    for field in fields where !field.contains("=") || field.hasPrefix("=") {
      throw ValidationError("--field needs NAME=VALUE, not '\(field)'")
    }
    for (option, value) in [
      ("--to", to), ("--caption", caption), ("--filename", filename), ("--phone-number-id", phoneNumberId),
    ] { try RawArguments.requireText(value, option) }
    for field in fields { try RawArguments.requireText(field, "--field") }
  }

  /// The fields of the message.
  var message: MessageRequest {
    var message = MessageRequest(
      to: to, caption: caption, filename: filename, phoneNumberID: phoneNumberId,
      template: template.template, language: template.language)
    message.card = template.card
    message.headerHandle = template.headerHandle
    for field in fields {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      message.fields[String(parts[0])] = String(parts[1])
    }
    return message
  }
}

/// The options for the messages of templates, and for the samples that templates are created with.
struct TemplateOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Name of the template, for a template message.", valueName: "NAME"))
  var template: String?

  @Option(help: ArgumentHelp("Language of the template, such as en or en_US.", valueName: "CODE"))
  var language: String?

  @Option(
    help: ArgumentHelp(
      "Card of a carousel, counted from 0, at template-card-image or template-card-video.", valueName: "INDEX"
    ))
  var card: String?

  @Option(
    help: ArgumentHelp(
      "Handle of the sample that a template is created with, at template-sample.", valueName: "HANDLE"))
  var headerHandle: String?

  func validate() throws {
    for (option, value) in [
      ("--template", template), ("--language", language), ("--card", card), ("--header-handle", headerHandle),
    ] { try RawArguments.requireText(value, option) }
  }
}
