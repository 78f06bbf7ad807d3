;;; gnus.el --- what test_gnus.py lets Gnus do, in batch  -*- lexical-binding: t -*-

;; emacs --batch -l gnus.el -f gnus-test-first-day PORT plain|tls CERTIFICATE

(require 'gnus)
(require 'gnus-sum)
(require 'gnus-search)

(defun gnus-test-begin ()
  "Start Gnus on the server that the command line says."
  (pcase-let ((`(,port ,stream ,certificate) command-line-args-left))
    (setq command-line-args-left nil
          gnutls-trustfiles (list certificate)
          gnutls-verify-error t
          nsm-trust-local-network t  ; nobody is there to be asked about clear text and a self-signed certificate
          auth-sources (list (expand-file-name "~/authinfo"))
          gnus-select-method `(nnimap "roost"
                                      (nnimap-address "localhost")
                                      (nnimap-server-port ,(string-to-number port))
                                      (nnimap-stream ,(intern stream)))
          gnus-novice-user nil
          gnus-expert-user t
          gnus-interactive-exit nil
          gnus-check-new-newsgroups nil
          nnimap-record-commands t))
  (gnus))

(defun gnus-test-check (what expected got)
  "Stop with an error unless GOT is as EXPECTED."
  (unless (equal expected got)
    (error "%s: expected %S, got %S" what expected got)))

(defun gnus-test-subjects ()
  (mapcar #'mail-header-subject (mapcar #'gnus-data-header gnus-newsgroup-data)))

(defun gnus-test-at (subject command &rest arguments)
  "Do COMMAND on the message of that SUBJECT."
  (let ((data (seq-find (lambda (d) (equal (mail-header-subject (gnus-data-header d)) subject)) gnus-newsgroup-data)))
    (unless data (error "There is no %s" subject))
    (gnus-summary-goto-subject (gnus-data-number data))
    (apply command arguments)))

(defun gnus-test-text ()
  (with-current-buffer gnus-article-buffer (buffer-substring-no-properties (point-min) (point-max))))

(defun gnus-test-leave ()
  (gnus-summary-exit)
  (with-current-buffer "*imap log*" (princ (buffer-string)))
  (gnus-group-exit))

(defun gnus-test-first-day ()
  (gnus-test-begin)
  (gnus-subscribe-group "INBOX")
  (gnus-group-make-group "Copies" gnus-select-method)
  (gnus-group-get-new-news)
  (gnus-test-check "unread in INBOX" 8 (gnus-group-unread "INBOX"))
  (gnus-summary-read-group "INBOX" t t)
  (gnus-test-check "INBOX" 8 (length (gnus-test-subjects)))
  (gnus-test-at "Message 1" #'gnus-summary-select-article nil t)
  (unless (string-match-p "This is the body of message 1\\.\nGrüße!" (gnus-test-text))
    (error "The article is %s" (gnus-test-text)))
  (gnus-test-at "Message 2" #'gnus-summary-tick-article)
  (gnus-test-at "Message 3" #'gnus-summary-delete-article)
  (gnus-test-at "Message 4" #'gnus-summary-move-article nil "Archive")
  (gnus-test-at "Message 5" #'gnus-summary-copy-article nil "Copies")
  (gnus-summary-mark-article-as-replied 6)
  (gnus-test-at "Message 7" #'gnus-summary-mark-as-read-forward 1)
  (gnus-test-leave))

(defun gnus-test-next-day ()
  "What happened meanwhile came with QRESYNC, and is known before the group is entered."
  (gnus-test-begin)
  (gnus-group-get-new-news)
  (gnus-test-check "unread in INBOX" 2 (gnus-group-unread "INBOX"))
  (let ((found (gnus-search-run-query '((search-query-spec (query . "needle"))
                                        (search-group-spec ("nnimap:roost" "INBOX"))))))
    (gnus-test-check "found" '(8) (mapcar (lambda (artitem) (aref artitem 1)) found)))
  (gnus-summary-read-group "INBOX" t t)
  (gnus-test-check "INBOX" '("Message 1" "Message 2" "Message 5" "Message 6" "Message 8" "While away")
                   (sort (gnus-test-subjects) #'string<))
  (gnus-test-check "ticked" '(2 8) gnus-newsgroup-marked)
  (gnus-test-check "unread" '(6 9) gnus-newsgroup-unreads)
  (gnus-test-check "replied" '(6) gnus-newsgroup-replied)
  (gnus-test-leave))
